import { createHash } from 'node:crypto';
import { type Row, isRow } from '../../../core/record/row.ts';
import { isPrintedAsItIs } from '../../../core/record/key.ts';
import { toUtcText } from '../../../core/record/timestamp.ts';
import { parseCrn } from '../api/crn.ts';
import { textOrNull } from '../api/envelope.ts';
import { isDatabaseService } from '../account/instance.ts';
import type { LogEntry } from './query.ts';

const APPLICATION = 'ibm-audit-event';

/** What a log entry is: an event of a database with what tells it from every other, or something else. */
export type AuditEntry = { row: Row; identity: string; readable: boolean } | 'other';

/**
 * The log entry as a row (icd-api.md 4.13). One whose text is no event comes with that in `raw`: it must not be lost, and
 * what it was can still be seen.
 */
export function auditEntry({ timestamp, application, subsystem, data }: LogEntry): AuditEntry {
  if (application !== undefined && application !== APPLICATION) return 'other';
  const event = eventIn(data);
  const [labelled] = subsystem?.split(':') ?? [];
  const services = [labelled, ...(event === undefined ? [] : servicesOf(event))].filter((name) => name !== undefined);
  // What tells nothing of its service is kept: the query was for databases.
  if (services.length > 0 && !services.some(isDatabaseService)) return 'other';
  const service = services.find(isDatabaseService) ?? null;
  const storedAt = typeof timestamp === 'string' ? (toUtcText(timestamp) ?? null) : null;
  if (event === undefined) {
    const raw = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
    const identity = hashOf([raw, storedAt]);
    return { row: { id: identity, service, created_at: storedAt, raw }, identity, readable: false };
  }
  const identity = identityOf(event);
  return {
    row: { ...rowOf(event, identity), service, created_at: timeOf(event) ?? storedAt },
    identity,
    readable: true,
  };
}

/** The event in the text of an entry: at its top, or below `message` as a text or an object (icd-api.md 6). */
function eventIn(data: unknown): Row | undefined {
  const outer = objectIn(data);
  if (outer === undefined || isEvent(outer)) return outer;
  const inner = objectIn(outer['message']);
  return inner !== undefined && isEvent(inner) ? inner : undefined;
}

function objectIn(value: unknown): Row | undefined {
  if (isRow(value)) return value;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isRow(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isEvent({ action, eventTime }: Row): boolean {
  return typeof action === 'string' || typeof eventTime === 'string';
}

/** The names of services that an event may be of. */
function servicesOf({ action, target, logSourceCRN }: Row): Array<string | undefined> {
  const ids = [isRow(target) ? target['id'] : undefined, logSourceCRN];
  const [acting] = typeof action === 'string' ? action.split('.') : [];
  return [...ids.map((id) => (typeof id === 'string' ? parseCrn(id)?.service : undefined)), acting];
}

function rowOf(event: Row, identity: string): Row {
  const {
    id,
    action,
    eventTime: _time,
    initiator,
    target,
    reason,
    requestData,
    responseData,
    observer,
    ...rest
  } = event;
  const { correlationId, dataEvent, logSourceCRN, saveServiceCopy, accountId, ...more } = rest;
  const by = isRow(initiator) ? initiator : {};
  const on = isRow(target) ? target : {};
  const { address, agent } = isRow(by['host']) ? by['host'] : ({} as Row);
  const ids = [on['id'], logSourceCRN].filter((crn) => typeof crn === 'string');
  return {
    // First, so that none of it stands in the place of what follows.
    ...more,
    id: ownId(id) ?? identity,
    account_id: textOrNull(accountId ?? accountOf(ids)),
    deployment_id: deploymentOf(ids),
    event: textOrNull(action),
    user_id: textOrNull(by['id']),
    email: textOrNull(by['name']),
    user_type: textOrNull(by['typeURI']),
    credential_type: textOrNull(isRow(by['credential']) ? by['credential']['type'] : undefined),
    ip: textOrNull(address),
    user_agent: textOrNull(agent),
    target_id: textOrNull(on['id']),
    target_type: textOrNull(on['typeURI']),
    target_name: textOrNull(on['name']),
    data: dataOf({ requestData, responseData, reason }),
    correlation_id: textOrNull(correlationId),
    observer: textOrNull(isRow(observer) ? observer['name'] : observer),
    log_source_crn: textOrNull(logSourceCRN),
    data_event: dataEvent ?? null,
    save_service_copy: saveServiceCopy ?? null,
    logs_instance: undefined,
    raw: undefined,
  };
}

/** Undefined if it has none, or one that would not come out as it is. */
function ownId(id: unknown): string | undefined {
  if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : undefined;
  return typeof id === 'string' && id !== '' && isPrintedAsItIs(id) ? id : undefined;
}

function dataOf(parts: Row): Row | null {
  const there = Object.entries(parts).filter(([, value]) => value !== undefined && value !== null);
  return there.length === 0 ? null : Object.fromEntries(there);
}

function accountOf(ids: readonly string[]): string | undefined {
  return ids.map((id) => parseCrn(id)?.account).find((account) => account !== undefined && account !== '');
}

/** The CRN of the database that one of them names, or a part of which. */
function deploymentOf(ids: readonly string[]): string | null {
  for (const id of ids) {
    const crn = parseCrn(id);
    if (crn === undefined || !isDatabaseService(crn.service) || crn.instance === '') continue;
    return `${id.split(':').slice(0, 8).join(':')}::`;
  }
  return null;
}

function timeOf({ eventTime }: Row): string | undefined {
  return typeof eventTime === 'string' ? toUtcText(eventTime) : undefined;
}

/**
 * Of what an event's identity is made. It must never change, or users find their events twice; and it is no id of the
 * entry, which is not sure to be the same for every query.
 */
const IDENTITY = [
  'id',
  'eventTime',
  'action',
  'initiator',
  'target',
  'outcome',
  'reason',
  'correlationId',
  'message',
  'requestData',
  'responseData',
  'logSourceCRN',
] as const;

function identityOf(event: Row): string {
  return hashOf(IDENTITY.map((field) => textOrNull(event[field])));
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(value)))
    .digest('hex')
    .slice(0, 32);
}

/** The same with the keys of all objects in one order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isRow(value)) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([key, part]) => [key, inOrder(part)]);
}
