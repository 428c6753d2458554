import { ConnectorError } from '../../failure/errors.ts';
import { count } from '../../reading/report.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import type { Row } from '../../record/row.ts';
import { utcText } from '../../record/timestamp.ts';
import { eachPartition } from '../each-partition.ts';
import type { Partition } from '../partitions.ts';
import type { Window, WindowCursor } from './cursor.ts';
import type { ByWindow, WindowPage } from './declaration.ts';

/** After so many truncated windows in a row, each the shortest possible, shorter windows do not help. */
const MAX_TRUNCATED_IN_A_ROW = 10;

/** What the API returned over all windows, for the line at the stream's end. */
interface Counts {
  seen: number;
  others: number;
  doubled: number;
}

/** Reads partition by partition, window after window. */
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
  const warnOnce = (warning: string): void => {
    if (!warned.has(warning)) reader.warn(warning);
    warned.add(warning);
  };
  await eachPartition(reader, chosen, terms.partition, (partition) =>
    readPartition(reader, retrieval, partition, cursor, counts, warnOnce),
  );
  report.remarks.push(`${counts.seen} ${terms.things} seen, ${counts.others} ${terms.others} omitted`);
  if (counts.doubled > 0) report.remarks.push(`${count(counts.doubled, 'duplicate')} omitted`);
}

async function readPartition<S, F extends string>(
  reader: StreamReader<S>,
  retrieval: ByWindow<S, F>,
  partition: Partition,
  cursor: WindowCursor,
  counts: Counts,
  warnOnce: (warning: string) => void,
): Promise<void> {
  const { cursorField, terms } = retrieval;
  const windows = cursor.windowsOf(partition.id);
  /** The identities of the window before: a row dated at its end may be in both. */
  let before: ReadonlySet<string> = new Set();
  let truncatedInARow = 0;

  function take(page: WindowPage, window: Window, path: string): void {
    const { rows, identities, warnings, truncated, others, unreadable } = page;
    const fresh = freshIn(page, before);
    before = new Set(identities);
    counts.seen += rows.length + others;
    counts.others += others;
    counts.doubled += rows.length - fresh.length;
    warnings.forEach(warnOnce);
    const from = utcText(window.from);
    const which = `${terms.things} of ${partition.label} from ${from} to ${utcText(window.to)}`;
    if (unreadable > 0) reader.warn(`${unreadable} ${which} cannot be parsed; their text is in the field raw`);
    if (truncated !== undefined) {
      reader.warn(`the API truncates the ${which} (${truncated}), which is the shortest window; the rest is missing`);
    }
    const emitted = reader.page(fresh, path, partition.fields);
    const at = (row: Row): string => (row[cursorField] as string | null | undefined) ?? '';
    emitted.rows.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
    reader.emit(emitted);
    cursor.read(partition.id, window);
    reader.sink.checkpointIfDue();
    truncatedInARow = truncated === undefined ? 0 : truncatedInARow + 1;
    if (truncated !== undefined && truncatedInARow >= MAX_TRUNCATED_IN_A_ROW) {
      const facts = { things: terms.things, partition: partition.label, from, detail: truncated };
      throw new ConnectorError('windows_cut_off', facts);
    }
  }

  for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
    const times = { from: utcText(window.from), to: utcText(window.to) };
    const request = retrieval.request(partition, times, reader.session.shared);
    const halves = cursor.halvesOf(window);
    try {
      await reader.read(request, (body) => {
        const page = retrieval.rows(body, request);
        if (page.truncated === undefined || halves === undefined) take(page, window, request.path);
        else windows.push(...halves);
      });
    } catch (thrown) {
      const isTooLong = thrown instanceof ConnectorError && thrown.problem === 'query_too_long';
      if (!isTooLong || halves === undefined) throw thrown;
      windows.push(...halves);
    }
  }
}

/** The rows that are neither in the window before nor earlier in this one. */
function freshIn({ rows, identities }: WindowPage, before: ReadonlySet<string>): unknown[] {
  const now = new Set<string>();
  return rows.filter((_, i) => {
    const identity = identities[i] ?? '';
    if (before.has(identity) || now.has(identity)) return false;
    now.add(identity);
    return true;
  });
}
