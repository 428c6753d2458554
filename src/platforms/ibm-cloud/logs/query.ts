import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Partition } from '../../../core/retrieval/partitions.ts';
import type { WindowPage } from '../../../core/retrieval/window/declaration.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { quoted } from '../../../text/quoted.ts';
import { serverText } from '../../../text/server-text.ts';
import { textOf, within } from '../api/values.ts';
import { auditEntry } from './audit-event.ts';

/** The limits of a query, and the rate limit of an instance (icd-api.md 2.10). */
export const MAX_WINDOW_MS = 8 * 86_400_000;
export const MAX_RESULTS = 12_000;
const RATE = { requests: 10, ms: 60_000 };

/** Filters by label. The subsystem consists of the service's name and the instance's GUID. Stricter filters might omit events. */
const QUERY =
  "source logs | filter $l.applicationname == 'ibm-audit-event' && ($l.subsystemname.startsWith('databases-') || $l.subsystemname.startsWith('messages-for-'))";

const MESSAGES = {
  not_found:
    'There is no Logs instance at {host} (HTTP 404{said}). Correct or remove the CRN of the instance in platform.logs_instances.',
} as const;

/** The query for the events in a time window. It is unknown whether the API includes events at the exact end of the window. */
export function eventsQuery(
  { origin, account }: Pick<Partition, 'origin' | 'account'>,
  { from, to }: { from: string; to: string },
): Request {
  const metadata = {
    start_date: from,
    end_date: to,
    default_source: 'logs',
    tier: 'frequent_search',
    syntax: 'dataprime',
    limit: MAX_RESULTS,
  };
  return {
    account,
    origin,
    path: 'v1/query',
    headers: { accept: 'text/event-stream' },
    post: { type: 'application/json', body: JSON.stringify({ query: QUERY, metadata }) },
    reads: 'events',
    rate: RATE,
    role: 'the Reader role on this Logs instance',
    messages: MESSAGES,
  };
}

/** Matches the names of warnings about missing entries (icd-api.md 2.10). */
const TRUNCATION = /limit|trunca|time_?out|time_?range|archive/i;

/** The events in the items of a response. Throws `unexpected_body` if the response is invalid. */
export function eventsIn(items: unknown, path: string): WindowPage {
  if (!Array.isArray(items)) throw unexpectedBody(path, 'it is not a list of items');
  const entries: Row[] = [];
  const truncated = new Set<string>();
  const warnings = new Set<string>();
  for (const item of items as unknown[]) {
    if (!isRow(item)) throw unexpectedBody(path, 'one of its items is not an object');
    const { result, warning } = item;
    if (isPresent(result)) entries.push(...entriesIn(result, path));
    if (!isPresent(warning)) continue;
    if (!isRow(warning)) throw unexpectedBody(path, 'one of its warnings is not an object');
    for (const [name, details] of Object.entries(warning)) {
      if (TRUNCATION.test(name)) truncated.add(quoted(serverText(name)));
      else warnings.add(warningSentence(name, textOf(within(details, 'warning_message'))));
    }
  }
  // A result with the maximum number of entries may be truncated, even without a warning.
  if (truncated.size === 0 && entries.length >= MAX_RESULTS) truncated.add(`${MAX_RESULTS} results, the maximum`);
  const events = entries.map(auditEntry).filter((event) => event !== undefined);
  return {
    rows: events.map(({ row }) => row),
    identities: events.map(({ identity }) => identity),
    truncated: truncated.size === 0 ? undefined : [...truncated].join(', '),
    warnings: [...warnings],
    others: entries.length - events.length,
    unreadable: events.filter(({ row }) => row['raw'] !== undefined).length,
  };
}

function warningSentence(name: string, message: string | undefined): string {
  const details = message === undefined ? '' : ` ("${quoted(serverText(message))}")`;
  return `IBM Cloud Logs returned the warning ${quoted(serverText(name))}${details}; events may be missing`;
}

function entriesIn(result: unknown, path: string): Row[] {
  const results = within(result, 'results');
  if (!Array.isArray(results)) throw unexpectedBody(path, 'one of its results contains no list of log entries');
  if (!results.every(isRow)) throw unexpectedBody(path, 'one of its log entries is not an object');
  return results;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
