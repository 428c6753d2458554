import { ConnectorError } from '../../failure/errors.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import type { Row } from '../../record/row.ts';
import { utcText } from '../../record/timestamp.ts';
import { count } from '../../../text/count.ts';
import { eachPartition } from '../each.ts';
import type { Partition } from '../partitions.ts';
import type { Window, WindowCursor } from './cursor.ts';
import type { ByWindow, WindowPage } from './declaration.ts';

/** Reads each partition window by window, oldest first. */
export async function readWindows(reader: StreamReader, retrieval: ByWindow, cursor: WindowCursor): Promise<void> {
  const { session, sink } = reader;
  const { cursorField, terms } = retrieval;
  const partitions = await retrieval.partitions(session.shared);
  const at = (row: Row): string => (row[cursorField] as string | null | undefined) ?? '';

  let others = 0;

  async function readPartition(partition: Partition): Promise<void> {
    let unreadable = 0;
    const windows = cursor.windowsOf(partition.id);
    /** The identities of the rows in the previous window. A row dated exactly at the boundary may be in both windows. */
    let before: ReadonlySet<string> = new Set();

    function emit(page: WindowPage, window: Window, path: string): void {
      others += page.others;
      unreadable += page.unreadable;
      const emitted = reader.page(freshIn(page, before), path, partition.fields);
      before = new Set(page.identities);
      emitted.rows.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
      reader.emit(emitted);
      cursor.read(partition.id, window);
      sink.checkpointIfDue();
    }

    for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
      const times = { from: utcText(window.from), to: utcText(window.to) };
      const request = retrieval.request(partition, times);
      const halves = cursor.halvesOf(window);
      try {
        await reader.read(request, (body) => {
          const page = retrieval.rows(body, request.path);
          for (const warning of page.warnings) reader.warn(warning);
          if (page.truncated === undefined) emit(page, window, request.path);
          else if (halves !== undefined) windows.push(...halves);
          else {
            const facts = {
              things: `${terms.thing}s`,
              partition: partition.label,
              from: times.from,
              detail: page.truncated,
            };
            throw new ConnectorError('windows_cut_off', facts);
          }
        });
      } catch (thrown) {
        const isTooLong = thrown instanceof ConnectorError && thrown.problem === 'query_too_long';
        if (!isTooLong || halves === undefined) throw thrown;
        windows.push(...halves);
      }
    }
    if (unreadable > 0) {
      reader.warn(
        `${count(unreadable, terms.thing)} of ${partition.label} cannot be parsed; the field raw contains the original text`,
      );
    }
  }

  await eachPartition(reader, partitions, terms.partition, readPartition);
  if (others > 0) reader.leftOut.push(`${count(others, terms.thing)} ${terms.others}`);
}

/** Returns the rows that were not in the previous window, each only once. */
function freshIn({ rows, identities }: WindowPage, before: ReadonlySet<string>): unknown[] {
  const now = new Set<string>();
  return rows.filter((_, i) => {
    const identity = identities[i] ?? '';
    if (before.has(identity) || now.has(identity)) return false;
    now.add(identity);
    return true;
  });
}
