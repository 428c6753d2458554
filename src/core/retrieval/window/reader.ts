import { ConnectorError } from '../../failure/errors.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import type { Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import { utcText } from '../../record/timestamp.ts';
import { each } from '../each.ts';
import type { Partition } from '../partitions.ts';
import type { PartitionWindows, Window, WindowCursor } from './cursor.ts';
import type { ByWindow, WindowPage } from './declaration.ts';

/** After so many truncated windows in a row, each the shortest possible, shorter windows do not help. */
const MAX_TRUNCATED_IN_A_ROW = 10;

/** What the API returned over all windows, for the line at the stream's end. */
interface Counts {
  seen: number;
  others: number;
  doubled: number;
}

/**
 * Reads partition by partition, window after window. A partition that the API rejects is skipped with a warning if others can
 * be read, one that fails makes the stream fail in the end; the others are read all the same.
 */
export async function readWindows<S, F extends string>(
  reader: StreamReader<S>,
  retrieval: ByWindow<S, F>,
  cursor: WindowCursor,
): Promise<void> {
  const { session, report } = reader;
  const { terms } = retrieval;
  const { chosen } = await retrieval.partitions(session.shared);
  const counts: Counts = { seen: 0, others: 0, doubled: 0 };
  const warned = new Set<string>();
  const { rejected, failures } = await each(reader, chosen, {
    originOf: ({ id }) => id,
    failureOf: ({ label }) => `${label} could not be read`,
    read(partition) {
      const windows = cursor.begin(partition.id);
      return halving(windows, () => readPartition(reader, retrieval, partition, windows, counts, warned));
    },
  });
  report.remarks.push(`${counts.seen} ${terms.things} seen, ${counts.others} ${terms.others} left out`);
  if (counts.doubled > 0) report.remarks.push(`${counts.doubled} that came twice left out`);
  const [rejection] = rejected.values();
  if (rejection !== undefined && (rejected.size === chosen.length || session.failOnRefusedDeployments)) throw rejection;
  for (const [{ label }, error] of rejected) {
    reader.warn(
      `${label} is skipped, so the sync has no records of it, and a destination that overwrites loses those it had: ${error.message}`,
    );
  }
  if (failures[0] !== undefined) throw failures[0];
}

/** Halves a window that the API can't complete in time, and reads on: the same one would take as long again. */
async function halving(windows: PartitionWindows, read: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await read();
    } catch (thrown) {
      const isTooLong = thrown instanceof ConnectorError && thrown.problem === 'query_too_long';
      if (!isTooLong || !windows.halve()) throw thrown;
    }
  }
}

async function readPartition<S, F extends string>(
  reader: StreamReader<S>,
  retrieval: ByWindow<S, F>,
  partition: Partition,
  windows: PartitionWindows,
  counts: Counts,
  warned: Set<string>,
): Promise<void> {
  const { terms } = retrieval;
  let path = '';
  let window: Window = { from: 0, to: 0 };
  function* requests(): Generator<Request> {
    for (let next = windows.current; next !== undefined; next = windows.current) {
      window = next;
      const times = { from: utcText(next.from), to: utcText(next.to) };
      const request = retrieval.request(partition, times, reader.session.shared);
      ({ path } = request);
      yield request;
    }
  }
  /** The identities of the window before: a row dated at its end may come with both. */
  let before: ReadonlySet<string> = new Set();
  let truncatedInARow = 0;
  for await (const page of reader.responses(requests(), (body, request) => retrieval.rows(body, request))) {
    const { rows, identities, warnings, truncated, others, unreadable } = page;
    if (truncated !== undefined && windows.halve()) continue;
    truncatedInARow = truncated === undefined ? 0 : truncatedInARow + 1;
    const fresh = freshIn(page, before);
    before = new Set(identities);
    counts.seen += rows.length + others;
    counts.others += others;
    counts.doubled += rows.length - fresh.length;
    for (const warning of warnings) if (!warned.has(warning)) reader.warn(warning);
    for (const warning of warnings) warned.add(warning);
    const span = `${partition.label} from ${utcText(window.from)} to ${utcText(window.to)}`;
    if (unreadable > 0) {
      reader.warn(
        `${unreadable} ${terms.things} of ${span} cannot be read; they come with their text in the field raw`,
      );
    }
    if (truncated !== undefined) {
      reader.warn(
        `the API leaves ${terms.things} of ${span} out (${truncated}), which is as short as it can be asked for; those are missing`,
      );
    }
    emitInOrder(reader, retrieval.cursorField, fresh, path, partition);
    windows.read();
    reader.sink.checkpointIfDue();
    if (truncatedInARow >= MAX_TRUNCATED_IN_A_ROW) {
      const from = utcText(window.from);
      const facts = { things: terms.things, partition: partition.label, from, detail: truncated ?? '' };
      throw new ConnectorError('windows_cut_off', facts);
    }
  }
}

/** The rows that came neither with the window before nor earlier in this one. */
function freshIn({ rows, identities }: WindowPage, before: ReadonlySet<string>): unknown[] {
  const now = new Set<string>();
  return rows.filter((_, i) => {
    const identity = identities[i] ?? '';
    if (before.has(identity) || now.has(identity)) return false;
    now.add(identity);
    return true;
  });
}

function emitInOrder<S>(
  reader: StreamReader<S>,
  cursorField: string,
  rows: unknown[],
  path: string,
  { fields }: Partition,
): void {
  const page = reader.page(rows, path, fields);
  const at = (row: Row): string => (row[cursorField] as string | null | undefined) ?? '';
  page.rows.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
  reader.emit(page);
}
