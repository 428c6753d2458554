import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { quoted } from '../../../text/quoted.ts';
import { serverText } from '../../../text/server-text.ts';
import { parseCrn } from '../api/crn.ts';
import { type Endpoints, logsAt } from '../api/endpoints.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** What a query may span, and how many may be sent to an instance (icd-api.md 2.10). */
export const MAX_WINDOW_MS = 8 * DAY;
const RATE = { requests: 10, ms: MINUTE };
/** The most that a query gives on the tier frequent_search; without it the service may give fewer. */
export const MAX_RESULTS = 12_000;

/**
 * Audit events of database services, told by the labels that IBM documents: the subsystem is the name of the service and the
 * GUID of the instance (icd-api.md 2.10). Nothing else may be filtered here, for what does not come is not missed.
 */
const QUERY =
  "source logs | filter $l.applicationname == 'ibm-audit-event' && ($l.subsystemname.startsWith('databases-') || $l.subsystemname.startsWith('messages-for-'))";

const MESSAGES = {
  forbidden:
    'IBM Cloud refuses queries of the Logs instance at {host} to the {token} (HTTP 403{said}). Grant {holder} the role Reader on this Logs instance, or leave the stream audit_events out.',
  not_found:
    'There is no Logs instance at {host} (HTTP 404{said}). Correct its CRN in platform.logs_instances, or take it out.',
} as const;

/** The query for the events of a time, both ends given as UTC texts; whether the end belongs to it is not known. */
export function eventsQuery(
  instance: string,
  { from, to }: { from: string; to: string },
  endpoints: Endpoints,
): Request {
  const { region = '', instance: guid = '' } = parseCrn(instance) ?? {};
  const metadata = {
    start_date: from,
    end_date: to,
    default_source: 'logs',
    tier: 'frequent_search',
    syntax: 'dataprime',
    limit: MAX_RESULTS,
  };
  return {
    origin: logsAt(endpoints, region, guid),
    path: 'v1/query',
    headers: { accept: 'text/event-stream' },
    post: { type: 'application/json', body: JSON.stringify({ query: QUERY, metadata }) },
    reads: 'events',
    rate: RATE,
    messages: MESSAGES,
  };
}

/** A log entry as a query gives it. */
export interface LogEntry {
  /** The time by which it is stored, as the API spells it. */
  timestamp: unknown;
  application: string | undefined;
  /** `databases-for-postgresql:a0000000-…` */
  subsystem: string | undefined;
  /** The event, mostly as text. */
  data: unknown;
}

export interface QueryResult {
  entries: LogEntry[];
  /** The names of warnings that tell of rows that were left out; undefined if there is none. */
  truncated: string | undefined;
  /** Sentences about all other warnings. */
  warnings: string[];
}

/** Warnings that mean lost rows (icd-api.md 2.10), and any that may: one that has no name, in whatever form it comes. */
const CUTTING = /limit|trunca|time_?out|time_?range|archive/i;
const NAMELESS = 'warning without a name';

/** What the items of a query's answer hold. Throws `unexpected_body`. */
export function queryResult(items: unknown, path: string): QueryResult {
  if (!Array.isArray(items)) throw unexpectedBody(path, 'it is no list of items');
  const entries: LogEntry[] = [];
  const cuts = new Set<string>();
  const warnings = new Set<string>();
  for (const item of items as unknown[]) {
    if (!isRow(item)) throw unexpectedBody(path, 'one of its items is no object');
    const { result, warning } = item;
    if (result !== undefined && result !== null) entries.push(...entriesIn(result, path));
    for (const [name, about] of warningsIn(warning)) {
      if (CUTTING.test(name) || name === NAMELESS) cuts.add(name);
      else
        warnings.add(`IBM Cloud Logs answers with a ${name}${about}; events may be missing if it tells of lost rows`);
    }
  }
  // A full answer is not believed to be complete, whatever it says.
  if (cuts.size === 0 && entries.length >= MAX_RESULTS) cuts.add(`${entries.length} results, the most that it gives`);
  return { entries, truncated: cuts.size === 0 ? undefined : [...cuts].join(', '), warnings: [...warnings] };
}

/** The names of warnings, each with what it says. */
function warningsIn(warning: unknown): Array<[name: string, about: string]> {
  if (warning === undefined || warning === null) return [];
  // A name that is cut could show half of anything.
  if (Array.isArray(warning)) return (warning as unknown[]).flatMap(warningsIn);
  const named = Object.entries(isRow(warning) ? warning : {}).filter(([name]) => /^\w{1,80}$/.test(name));
  if (named.length === 0) return [[NAMELESS, '']];
  return named.map(([name, value]) => {
    const text = isRow(value) ? value['warning_message'] : undefined;
    return [name, typeof text === 'string' && text !== '' ? ` ("${quoted(serverText(text))}")` : ''];
  });
}

function entriesIn(result: unknown, path: string): LogEntry[] {
  const results = isRow(result) ? result['results'] : undefined;
  if (!Array.isArray(results)) throw unexpectedBody(path, 'one of its results is no list');
  return (results as unknown[]).map((each) => {
    if (!isRow(each)) throw unexpectedBody(path, 'one of its log entries is no object');
    const labels = valuesIn(each['labels']);
    return {
      timestamp: valuesIn(each['metadata']).get('timestamp'),
      application: textIn(labels, 'applicationname'),
      subsystem: textIn(labels, 'subsystemname'),
      data: each['user_data'],
    };
  });
}

/** A list of keys with their values; nobody has seen whether it is that, or an object. */
function valuesIn(pairs: unknown): Map<unknown, unknown> {
  if (isRow(pairs)) return new Map(Object.entries(pairs));
  const list = Array.isArray(pairs) ? (pairs as unknown[]).filter(isRow) : [];
  return new Map(list.map(({ key, value }: Row) => [key, value]));
}

function textIn(values: Map<unknown, unknown>, key: string): string | undefined {
  const value = values.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
