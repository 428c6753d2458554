import { object, text, timestamp } from '../../../core/stream/fields.ts';
import { embeddedRows } from '../envelope.ts';
import { composeStream } from '../stream.ts';

/** `GET /audit_events` (compose-api.md 9.2): newest first, paginated by the last row's id, filtered by `newer_than`. */
export const auditEvents = composeStream({
  name: 'audit_events',
  description: 'Actions in the account: who did what, and when.',
  retrieval: {
    way: 'newest-first',
    cursorField: 'created_at',
    path: 'audit_events',
    query: ({ newerThan, after }, { config }) => ({ limit: config.page_size, newer_than: newerThan, cursor: after }),
    rows: (body, path) => embeddedRows(body, 'audit_events', path),
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: {
    id: text('ID of the event.'),
    account_id: text('ID of the account.'),
    deployment_id: text('ID of the deployment. Null if the event is not about a deployment.'),
    cluster_id: text('ID of the cluster. Null if the event is not about a cluster.'),
    user_id: text('ID of the user. Empty or null for system events.'),
    email: text('Email address of the user.'),
    event: text('Event type, such as deployment.scale.members.'),
    data: object('Details of the event. The event type determines the fields.'),
    ip: text('Source IP address of the request.'),
    user_agent: text('User agent of the request.'),
    created_at: timestamp('Time of the event.'),
  },
});
