import { boolean, object, text, timestamp } from '../../../core/stream/fields.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { parseCrn } from '../api/crn.ts';
import { endpointAt } from '../api/endpoints.ts';
import { MAX_WINDOW_MS, eventsIn, eventsQuery } from '../logs/query.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `POST /v1/query` to each Logs instance (icd-api.md 2.10, 4.13). Time windows overlap, because events can arrive late. */
export const auditEvents = ibmStream({
  name: 'audit_events',
  description: 'Actions on databases: who did what, and when.',
  needsOption: 'logs_instances',
  retrieval: {
    way: 'window',
    cursorField: 'created_at',
    partitionName: 'logs_instance',
    partitions: async ({ config }) => {
      const chosen = config.logs_instances.map((id) => {
        const { region = '', instance = '' } = parseCrn(id) ?? {};
        const origin = endpointAt(config.endpoints.logs, region, instance);
        return { id, label: `Logs instance ${id}`, origin, fields: { logs_instance: id } };
      });
      return { chosen, all: undefined };
    },
    request: eventsQuery,
    rows: eventsIn,
    size: { longestMs: MAX_WINDOW_MS, shortestMs: MINUTE, overlapMs: HOUR, firstMs: 30 * DAY },
    terms: { partition: 'Logs instance', thing: 'event', others: 'of other services' },
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: {
    id: text('ID of the event, or a hash of its content if the event has no ID.'),
    deployment_id: text('CRN of the deployment.'),
    service: text('Name of the service, such as databases-for-postgresql.'),
    event: text('Action, such as databases-for-postgresql.deployment-group.update.'),
    user_id: text('IAM ID of the actor.'),
    email: text('Name of the actor, usually an email address.'),
    user_type: text('Actor type.'),
    credential_type: text('Authentication method, such as token or apikey.'),
    ip: text('Source IP address of the request.'),
    user_agent: text('User agent of the request.'),
    target_id: text('CRN of the target: the deployment itself or a resource within it.'),
    target_type: text('Target type.'),
    target_name: text('Target name.'),
    outcome: text('Outcome, such as success or failure.'),
    severity: text('Severity, such as normal, warning or critical.'),
    message: text('Description of the event.'),
    data: object('Details of the event.', {
      requestData: object('Request data.'),
      responseData: object('Response data.'),
      reason: object('Response status, with the fields reasonCode, reasonType and reasonForFailure.'),
    }),
    correlation_id: text('Correlation ID, shared by all events of a request.'),
    observer: text('Name of the service that recorded the event.'),
    log_source_crn: text('CRN of the service instance that sent the event.'),
    data_event: boolean('Whether the event is a data event rather than a management event.'),
    save_service_copy: boolean('Whether the service provider keeps a copy of the event.'),
    created_at: timestamp('Time of the event.'),
    logs_instance: text('CRN of the IBM Cloud Logs instance that stores the event.'),
    raw: text(
      "Original text of the event. Emitted only if the event cannot be parsed. The record's only other fields are then id, service, created_at and logs_instance.",
    ),
  },
});
