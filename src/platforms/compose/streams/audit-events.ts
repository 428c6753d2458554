import { embeddedRows } from '../envelope.ts';
import { object, text, timestamp } from '../../../core/stream/fields.ts';
import type { ComposeShared } from '../shared.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /audit_events` (compose-api.md 9.2): newest first, paged by the id of the last row, filtered by `newer_than`. */
export const auditEvents = streamsOf<ComposeShared>()({
  name: 'audit_events',
  description: 'What was done in the account, by whom and when.',
  retrieval: {
    way: 'newest-first',
    cursorField: 'created_at',
    request: ({ newerThan, after }, { pageSize }) => ({
      path: 'audit_events',
      query: { limit: pageSize, newer_than: newerThan, cursor: after },
    }),
    rows: (body, { path }) => embeddedRows(body, 'audit_events', path),
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: {
    id: text('Id of the event.'),
    account_id: text('Id of the account in which it happened.'),
    deployment_id: text('Id of the deployment that it is about, if it is about one.'),
    cluster_id: text('Id of the cluster that it is about, if it is about one.'),
    user_id: text('Id of the user who did it. Empty if the system did it.'),
    email: text('Address of the user who did it.'),
    event: text('Dotted name of what happened, such as deployment.scale.members.'),
    data: object('Details, which differ from event to event.'),
    ip: text('IP address that it came from.'),
    user_agent: text('Program that it came from.'),
    created_at: timestamp('When it happened.'),
  },
});
