import { createHash } from 'node:crypto';
import { type Row, isRow } from '../../../core/record/row.ts';
import { toUtcText } from '../../../core/record/timestamp.ts';
import { isDatabaseService } from '../account/instance.ts';
import { parseCrn } from '../api/crn.ts';
import { textOf, emptyAsNull, within } from '../api/values.ts';

const APPLICATION = 'ibm-audit-event';

interface AuditEvent {
  /** If the entry cannot be parsed as an event, the row contains its text in `raw`. */
  row: Row;
  /** Identifies the event: the same in every read, and different for different events. */
  identity: string;
}

/** Parses the event in a log entry (icd-api.md 4.13). Returns undefined if the entry isn't from a database service. */
export function auditEntry({ labels, metadata, user_data: data }: Row): AuditEvent | undefined {
  const named = valuesIn(labels);
  if ((textOf(named.get('applicationname')) ?? APPLICATION) !== APPLICATION) return undefined;
  const event = eventIn(data);
  // The subsystem contains the service and the instance, such as `databases-for-postgresql:a0000000-…`.
  const subsystem = textOf(named.get('subsystemname'));
  const services = [subsystem?.split(':')[0], ...servicesOf(event ?? {})].filter((name) => name !== undefined);
  const service = services.find(isDatabaseService) ?? null;
  // The query is limited to databases, so an entry that doesn't specify a service is kept.
  if (service === null && services.length > 0) return undefined;
  const storedAt = utcTextOf(valuesIn(metadata).get('timestamp')) ?? null;
  if (event === undefined) {
    const raw = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
    const identity = hashOf([raw, storedAt]);
    return { row: { id: identity, service, created_at: storedAt, raw }, identity };
  }
  const identity = hashOf(IDENTITY.map((field) => emptyAsNull(event[field])));
  const row = { ...rowOf(event, identity), service, created_at: utcTextOf(event['eventTime']) ?? storedAt };
  return { row, identity };
}

function valuesIn(pairs: unknown): Map<unknown, unknown> {
  const list = Array.isArray(pairs) ? (pairs as unknown[]).filter(isRow) : [];
  return new Map(list.map(({ key, value }) => [key, value]));
}

/** The event is the log entry itself or its `message`, as text or as an object (icd-api.md 6). */
function eventIn(data: unknown): Row | undefined {
  const outer = parsedRow(data);
  return [outer, parsedRow(outer?.['message'])].find(
    (each) => typeof each?.['action'] === 'string' || typeof each?.['eventTime'] === 'string',
  );
}

function parsedRow(value: unknown): Row | undefined {
  if (typeof value !== 'string') return isRow(value) ? value : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isRow(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function servicesOf({ action, target, logSourceCRN }: Row): Array<string | undefined> {
  const crns = [within(target, 'id'), logSourceCRN].map((id) => parseCrn(textOf(id) ?? '')?.service);
  return [...crns, textOf(action)?.split('.')[0]];
}

function rowOf(event: Row, identity: string): Row {
  const { id, action, eventTime: _, initiator, target, reason, requestData, responseData, observer, ...rest } = event;
  const { correlationId, dataEvent = null, logSourceCRN, saveServiceCopy = null, accountId, ...more } = rest;
  const host = within(initiator, 'host');
  const crns = [within(target, 'id'), logSourceCRN].flatMap((each) => textOf(each) ?? []);
  return {
    // Undeclared fields are spread first, so that they never replace declared fields.
    ...more,
    id: textOf(id) ?? identity,
    account_id: textOf(accountId) ?? crns.map((crn) => parseCrn(crn)?.account).find(Boolean) ?? null,
    deployment_id: deploymentOf(crns),
    event: emptyAsNull(action),
    user_id: emptyAsNull(within(initiator, 'id')),
    email: emptyAsNull(within(initiator, 'name')),
    user_type: emptyAsNull(within(initiator, 'typeURI')),
    credential_type: emptyAsNull(within(within(initiator, 'credential'), 'type')),
    ip: emptyAsNull(within(host, 'address')),
    user_agent: emptyAsNull(within(host, 'agent')),
    target_id: emptyAsNull(within(target, 'id')),
    target_type: emptyAsNull(within(target, 'typeURI')),
    target_name: emptyAsNull(within(target, 'name')),
    data: dataOf({ requestData, responseData, reason }),
    correlation_id: emptyAsNull(correlationId),
    observer: emptyAsNull(within(observer, 'name')),
    log_source_crn: emptyAsNull(logSourceCRN),
    data_event: dataEvent,
    save_service_copy: saveServiceCopy,
    raw: undefined,
  };
}

function dataOf(parts: Row): Row | null {
  const present = Object.entries(parts).filter(([, value]) => value !== undefined && value !== null);
  return present.length === 0 ? null : Object.fromEntries(present);
}

/** The deployment's CRN, derived from the first of these CRNs that identifies a deployment or part of one. */
function deploymentOf(crns: readonly string[]): string | null {
  const found = crns.find((id) => {
    const { service = '', instance = '' } = parseCrn(id) ?? {};
    return isDatabaseService(service) && instance !== '';
  });
  return found === undefined ? null : `${found.split(':').slice(0, 8).join(':')}::`;
}

function utcTextOf(value: unknown): string | undefined {
  return typeof value === 'string' ? toUtcText(value) : undefined;
}

/**
 * The fields that identify an event. Changing this list would change the ids of events that have no id of their own. The list excludes the
 * id of the log entry, because it may differ between queries.
 */
const IDENTITY = [
  ...['id', 'eventTime', 'action', 'initiator', 'target', 'outcome', 'reason', 'correlationId', 'message'],
  ...['requestData', 'responseData', 'logSourceCRN'],
];

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 32);
}

/** Sorts the keys of objects, so that their order does not affect the hash. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRow(value)) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([key, part]) => [key, sorted(part)]);
}
