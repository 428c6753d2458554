import { boolean, object, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import type { WindowPage } from '../../../core/retrieval/window/declaration.ts';
import { auditEntry } from '../logs/audit-event.ts';
import { MAX_WINDOW_MS, eventsQuery, queryResult } from '../logs/query.ts';
import type { IbmCloudShared } from '../shared.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `POST /v1/query` of each Logs instance (icd-api.md 2.10, 4.13): events come late, so windows of two reads overlap. */
export const auditEvents = streamsOf<IbmCloudShared>()({
  name: 'audit_events',
  description: 'What was done to databases, by whom and when.',
  needsOption: 'logs_instances',
  retrieval: {
    way: 'window',
    cursorField: 'created_at',
    partitionName: 'logs_instance',
    partitions: async ({ logsInstances }) => {
      const chosen = logsInstances.map((id) => ({
        id,
        label: `Logs instance ${id}`,
        origin: id,
        fields: { logs_instance: id },
      }));
      return { chosen, all: undefined };
    },
    request: ({ id }, window, { endpoints }) => eventsQuery(id, window, endpoints),
    rows: (body, { path }) => eventsIn(body, path),
    size: { longestMs: MAX_WINDOW_MS, shortestMs: MINUTE, overlapMs: HOUR, firstMs: 30 * DAY },
    terms: { partition: 'Logs instance', things: 'events', others: 'of other services' },
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  dropped: [],
  fields: {
    id: text('Id of the event; where it has none, one made of its content.'),
    account_id: text('Id of the account.'),
    deployment_id: text('CRN of the deployment that it was done to.'),
    service: text('Service of the deployment, such as databases-for-postgresql.'),
    event: text('What was done, such as databases-for-postgresql.deployment-group.update.'),
    user_id: text('IAM id of who did it.'),
    email: text('Name of who did it, mostly an email address.'),
    user_type: text('What kind of identity that is.'),
    credential_type: text('By what it showed who it is, such as token or apikey.'),
    ip: text('Address that the request came from.'),
    user_agent: text('Program that sent the request.'),
    target_id: text('CRN of what it was done to: the deployment or a part of it.'),
    target_type: text('What kind of thing that is.'),
    target_name: text('Name of it.'),
    outcome: text('How it ended, such as success or failure.'),
    severity: text('How grave it is, such as normal, warning or critical.'),
    message: text('The event in words.'),
    data: object('Details, as the API sends them.', {
      requestData: object('What was asked for.'),
      responseData: object('What was answered.'),
      reason: object('Status of the answer, with reasonCode, reasonType and reasonForFailure.'),
    }),
    correlation_id: text('Id that events of one request share.'),
    observer: text('Service that recorded it.'),
    log_source_crn: text('CRN of the instance that sent the event.'),
    data_event: boolean('Whether it is about data, and not about the management of the service.'),
    save_service_copy: boolean('Whether the provider keeps a copy.'),
    created_at: timestamp('When it happened.'),
    logs_instance: text('CRN of the Logs instance that it was read from.'),
    raw: text(
      'Text of an event that cannot be read; the other fields are then null but for id, service and created_at.',
    ),
  },
});

function eventsIn(body: unknown, path: string): WindowPage {
  const { entries, truncated, warnings } = queryResult(body, path);
  const rows: Row[] = [];
  const identities: string[] = [];
  let unreadable = 0;
  for (const entry of entries) {
    const read = auditEntry(entry);
    if (read === 'other') continue;
    rows.push(read.row);
    identities.push(read.identity);
    if (!read.readable) unreadable += 1;
  }
  return { rows, identities, truncated, warnings, others: entries.length - rows.length, unreadable };
}
