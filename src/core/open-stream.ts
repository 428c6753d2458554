import type { CursorOptions } from './cursor.ts';
import { FinalMonths } from './final-months.ts';
import { readListed } from './read-listed.ts';
import { readMonths } from './read-months.ts';
import { readSlices, readWhole } from './read-slices.ts';
import { readWindows } from './read-windows.ts';
import { NewestFirstCursor } from './retrieval/newest-first/cursor.ts';
import { readNewestFirst } from './retrieval/newest-first/reader.ts';
import { SliceMarks } from './slice-marks.ts';
import type { StreamDefinition } from './stream.ts';
import { type Run, StreamRead } from './stream-read.ts';
import { parseMarksState, parseMonthsState, parseWalkState } from './stream-states.ts';
import { TimeWindows } from './time-windows.ts';

/** A stream that is ready to be read, at the place that its state tells. */
export interface OpenStream {
  read: StreamRead;
  /** Reads it to its end. Throws a ConnectorError or the signal's reason. */
  toEnd: () => Promise<void>;
}

/**
 * Opens a stream in the way of reading that its definition tells; nothing asks for that again. `where` names the state's
 * file and stream for the error about a state that cannot be used.
 */
export function openStream<S>(
  definition: StreamDefinition<S>,
  run: Run<S>,
  state: object,
  where: string,
  options: CursorOptions,
): OpenStream {
  const { incremental, detail, listed, monthly, windows } = definition;
  const slices = definition.slices?.bind(definition);
  const first = definition.first?.bind(definition);
  const walk = definition.walk?.bind(definition);
  if (listed !== undefined) {
    const read = new StreamRead(definition, run, undefined);
    return { read, toEnd: () => readListed(read, listed, detail) };
  }
  if (windows !== undefined && slices !== undefined) {
    const cursor = new TimeWindows(parseMarksState(state, where, options.platform), options, windows);
    const read = new StreamRead(definition, run, cursor);
    return { read, toEnd: () => readWindows(read, slices, windows, cursor) };
  }
  if (monthly !== undefined) {
    const months = new FinalMonths(parseMonthsState(state, where, options.platform), options);
    const read = new StreamRead(definition, run, months);
    return { read, toEnd: () => readMonths(read, monthly, months) };
  }
  if (first === undefined) throw new Error(`${definition.name} has no request`);
  if (incremental?.by === 'walk' && walk !== undefined) {
    const list = {
      path: first(undefined, run.shared).path,
      key: definition.primaryKey,
      time: incremental.field,
    };
    const cursor = new NewestFirstCursor(parseWalkState(state, where, options.platform), options, list);
    const read = new StreamRead(definition, run, cursor);
    return { read, toEnd: () => readNewestFirst(read, walk, cursor) };
  }
  if (slices !== undefined) {
    const marks =
      incremental === undefined ? undefined : new SliceMarks(parseMarksState(state, where, options.platform), options);
    const read = new StreamRead(definition, run, marks);
    return { read, toEnd: () => readSlices(read, slices, first, marks) };
  }
  const read = new StreamRead(definition, run, undefined);
  return { read, toEnd: () => readWhole(read, first) };
}
