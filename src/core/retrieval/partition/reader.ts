import { count } from '../../../text/count.ts';
import type { Page, StreamReader } from '../../reading/stream-reader.ts';
import { eachPartition } from '../each.ts';
import type { Partition } from '../partitions.ts';
import type { PartitionCursor } from './cursor.ts';
import type { ByPartition } from './declaration.ts';

export async function readPartitions(
  reader: StreamReader,
  retrieval: ByPartition,
  cursor: PartitionCursor | undefined,
): Promise<void> {
  const { session } = reader;
  const { chosen, all, isWhole = false, isCovered, leftOut = [], failure } = await retrieval.partitions(session.shared);
  if (all !== undefined) cursor?.retain(all, isCovered);
  for (const [which, omitted] of Map.groupBy(leftOut, (kind) => kind)) {
    reader.leftOut.push(`${count(omitted.length, 'deployment')} ${which}`);
  }
  // Whether a response lacked its list. If so, pending rows that weren't seen may still exist.
  let isListMissing = false;

  /** Emits new rows, rows that may still change, and rows that could when they were last emitted. Without a cursor, emits all rows. */
  function emit({ id }: Partition, page: Page): void {
    isListMissing ||= page.missing;
    if (cursor === undefined) {
      reader.emit(page);
      return;
    }
    const bound = cursor.begin(id);
    let newest: string | undefined;
    let oldestOpen: string | undefined;
    const now = Date.now();
    for (const row of page.rows) {
      const at = (row[retrieval.cursorField ?? ''] ?? undefined) as string | undefined;
      const key = reader.keyOf(row);
      // A row without a date may get its date later, and the date may be before the high-water mark.
      const isFinal = at !== undefined && retrieval.isFinal?.(row) !== false;
      if (!cursor.isPending(key)) {
        if (isFinal && bound !== undefined && at < bound) continue;
        if (reader.dropIfBeforeStart(row)) continue;
      }
      reader.record(row, now, page);
      cursor.emitted(key, isFinal);
      // No mark may be later than the start of the sync, because rows dated before the mark could still arrive.
      if (at === undefined || at > session.startedAt) continue;
      if (isFinal) newest = newest === undefined || at > newest ? at : newest;
      else oldestOpen = oldestOpen === undefined || at < oldestOpen ? at : oldestOpen;
    }
    cursor.read(id, newest, oldestOpen);
    reader.sink.checkpointIfDue();
  }

  for (const partition of chosen) {
    const { rows, label, fields } = partition;
    if (rows === undefined) continue;
    emit(partition, reader.page(rows, label, fields));
    await session.ready();
  }
  const isNoneSkipped = await eachPartition(
    reader,
    { chosen: chosen.filter(({ rows }) => rows === undefined), failure },
    'deployment',
    (partition) =>
      reader.readPage(retrieval.request(partition), retrieval, (page) => emit(partition, page), partition.fields),
    retrieval.mayBeAbsent,
  );
  if (isWhole && isNoneSkipped && !isListMissing) cursor?.readWhole(isCovered);
}
