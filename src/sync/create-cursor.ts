import type { Cursor, CursorOptions } from './cursor.ts';
import { NewestFirstCursor } from './newest-first-cursor.ts';
import { SliceMarks } from './slice-marks.ts';
import type { StreamDefinition } from './stream.ts';
import { parseMarksState, parseWalkState } from './stream-states.ts';

/**
 * The cursor of an incremental stream, at the place that its state tells; undefined for a stream that has none. `where`
 * names the state's file and stream for the error about a state that cannot be used.
 */
export function createCursor(
  { primaryKey = '', cursorField, reading }: StreamDefinition,
  state: object,
  where: string,
  options: CursorOptions,
): Cursor | undefined {
  if (cursorField === undefined) return undefined;
  if (reading.kind === 'newest_first') {
    return new NewestFirstCursor(parseWalkState(state, where), options, {
      path: reading.path,
      key: primaryKey,
      time: cursorField,
    });
  }
  return new SliceMarks(parseMarksState(state, where), options);
}

/** The warning about a state whose time is still to come; undefined if it is not. */
export function fromTheFuture(cursor: Cursor, startedAt: string): string | undefined {
  const newest =
    cursor instanceof NewestFirstCursor ? cursor.mark : cursor instanceof SliceMarks ? cursor.newest : undefined;
  if (newest === undefined || newest <= startedAt) return undefined;
  return `the state says that everything up to ${newest} is read, which is in the future; nothing older is read, and the state is kept. Reset the stream to read it again`;
}
