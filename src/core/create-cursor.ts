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
