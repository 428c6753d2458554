import { ConnectorError } from '../../failure/errors.ts';
import { count } from '../../reading/report.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import type { Row } from '../../record/row.ts';
import { utcText } from '../../record/timestamp.ts';
import { eachPartition } from '../each-partition.ts';
import type { Partition } from '../partitions.ts';
import type { Window, WindowCursor } from './cursor.ts';
import type { ByWindow, WindowPage } from './declaration.ts';

/** The read fails after this many consecutive truncated windows of the shortest length. */
const MAX_TRUNCATED_IN_A_ROW = 10;

/** Reads one partition after the other, window by window. */
export async function readWindows<S, F extends string>(
  reader: StreamReader<S>,
  retrieval: ByWindow<S, F>,
  cursor: WindowCursor,
): Promise<void> {
  const { session, report, sink } = reader;
  const { cursorField, terms } = retrieval;
  const partitions = await retrieval.partitions(session.shared);
  const warned = new Set<string>();
  let [seen, others, duplicates] = [0, 0, 0];

  async function readPartition(partition: Partition): Promise<void> {
    const windows = cursor.windowsOf(partition.id);
    /** The identities in the previous window. A row dated at its end may be in both windows. */
    let before: ReadonlySet<string> = new Set();
    let truncatedInARow = 0;

    function take(page: WindowPage, window: Window, path: string): void {
      const { rows, identities, warnings, truncated, unreadable } = page;
      const fresh = freshIn(page, before);
      before = new Set(identities);
      seen += rows.length + page.others;
      others += page.others;
      duplicates += rows.length - fresh.length;
      for (const warning of warnings) if (!warned.has(warning)) reader.warn(warning);
      for (const warning of warnings) warned.add(warning);
      const from = utcText(window.from);
      const which = `${terms.things} of ${partition.label} from ${from} to ${utcText(window.to)}`;
      if (unreadable > 0)
        reader.warn(`${unreadable} ${which} cannot be parsed; the field raw contains the original text`);
      if (truncated !== undefined) {
        reader.warn(
          `the API truncates the ${which} (${truncated}), although this is the shortest window, so some of them are missing`,
        );
      }
      const emitted = reader.page(fresh, path, partition.fields);
      const at = (row: Row): string => (row[cursorField] as string | null | undefined) ?? '';
      emitted.rows.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
      reader.emit(emitted);
      cursor.read(partition.id, window);
      sink.checkpointIfDue();
      truncatedInARow = truncated === undefined ? 0 : truncatedInARow + 1;
      if (truncated !== undefined && truncatedInARow >= MAX_TRUNCATED_IN_A_ROW) {
        const facts = { things: terms.things, partition: partition.label, from, detail: truncated };
        throw new ConnectorError('windows_cut_off', facts);
      }
    }

    for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
      const times = { from: utcText(window.from), to: utcText(window.to) };
      const request = retrieval.request(partition, times, session.shared);
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

  await eachPartition(reader, partitions, terms.partition, readPartition);
  report.remarks.push(`${seen} ${terms.things} seen, ${others} ${terms.others} omitted`);
  if (duplicates > 0) report.remarks.push(`${count(duplicates, 'duplicate')} omitted`);
}

/** The rows that are neither in the previous window nor earlier in this window. */
function freshIn({ rows, identities }: WindowPage, before: ReadonlySet<string>): unknown[] {
  const now = new Set<string>();
  return rows.filter((_, i) => {
    const identity = identities[i] ?? '';
    if (before.has(identity) || now.has(identity)) return false;
    now.add(identity);
    return true;
  });
}
