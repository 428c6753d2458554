import { embeddedList } from '../envelope.ts';
import { object, text, timestamp } from '../../../core/fields.ts';
import { defineStream } from '../../../core/stream.ts';

/** `GET /audit_events` (compose-api.md 9.2): newest first, paged by the id of the last row, filtered by `newer_than`. */
export const auditEvents = defineStream({
  name: 'audit_events',
  description: 'What was done in the account, by whom and when.',
  reading: { kind: 'newest_first', path: 'audit_events', itemPath: (id) => `audit_events/${encodeURIComponent(id)}` },
  rows: (body, path) => embeddedList(body, 'audit_events', path),
  primaryKey: 'id',
  cursorField: 'created_at',
  startDateField: 'created_at',
  fields: {
    id: text('Id of the event.'),
    account_id: text('Id of the account in which it happened.'),
    deployment_id: text('Id of the deployment that it is about, if it is about one.'),
    cluster_id: text('Id of the cluster that it is about, if it is about one.'),
    user_id: text('Id of the user who did it; none for what the system did.'),
    email: text('Address of the user who did it.'),
    event: text('Dotted name of what happened, such as deployment.scale.members.'),
    data: object('Details, which differ from event to event.'),
    ip: text('IP address that it came from.'),
    user_agent: text('Program that it came from.'),
    created_at: timestamp('When it happened.'),
  },
});
