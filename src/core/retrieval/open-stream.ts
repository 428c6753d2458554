import type { Session } from '../reading/session.ts';
import { StreamReader } from '../reading/stream-reader.ts';
import { type Stream, cursorFieldOf, keyFieldOf } from '../stream/stream.ts';
import type { Cursor, CursorOptions, SyncMode } from './cursor.ts';
import { MonthCursor, monthState } from './month/cursor.ts';
import { readMonths } from './month/reader.ts';
import { NewestFirstCursor, newestFirstState } from './newest-first/cursor.ts';
import { readNewestFirst } from './newest-first/reader.ts';
import { PartitionCursor, partitionState } from './partition/cursor.ts';
import { readPartitions } from './partition/reader.ts';
import { readShared } from './shared/reader.ts';
import { type SharedState, type StateFormat, parseState } from './state-format.ts';
import { WindowCursor, windowState } from './window/cursor.ts';
import { readWindows } from './window/reader.ts';

export interface WantedStream {
  definition: Stream;
  mode: SyncMode;
  /** The state from the state file. If the state is empty, the stream is read from the beginning. */
  state: object;
  /** How error messages refer to the state, such as `The state of teams in the state file state.json`. */
  where: string;
}

export interface OpenStream {
  reader: StreamReader;
  /** Reads the stream to its end. Throws a ConnectorError or the signal's reason. */
  toEnd: () => Promise<void>;
}

/** Throws an input error if the saved state can't be used. */
export function openStream({ definition, mode, state: saved, where }: WantedStream, session: Session): OpenStream {
  const { retrieval } = definition;
  const options: CursorOptions = { ...session, mode };
  const state = <T extends object>(format: StateFormat<T>): SharedState & T =>
    parseState(format, saved, where, session.platform);
  const opened = (cursor: Cursor | undefined, read: (reader: StreamReader) => Promise<void>): OpenStream => {
    const reader = new StreamReader(definition, session, cursor);
    return { reader, toEnd: () => read(reader) };
  };
  switch (retrieval.way) {
    case 'once':
      return opened(undefined, (reader) =>
        reader.readPage(retrieval.request(session.shared), retrieval, (page) => reader.emit(page)),
      );
    case 'shared':
      return opened(undefined, (reader) => readShared(reader, retrieval));
    case 'partition': {
      const isIncremental = retrieval.cursorField !== undefined;
      const cursor = isIncremental ? new PartitionCursor(state(partitionState), options) : undefined;
      return opened(cursor, (reader) => readPartitions(reader, retrieval, cursor));
    }
    case 'newest-first': {
      const list = { path: retrieval.path, key: keyFieldOf(definition), time: retrieval.cursorField };
      const cursor = new NewestFirstCursor(state(newestFirstState), options, list);
      return opened(cursor, (reader) => readNewestFirst(reader, retrieval, cursor));
    }
    case 'month': {
      const limits = retrieval.limits(session.shared);
      const cursor = new MonthCursor(state(monthState), options, retrieval.rules, limits);
      return opened(cursor, (reader) => readMonths(reader, retrieval, cursor));
    }
    case 'window': {
      const cursor = new WindowCursor(state(windowState), options, retrieval.size);
      return opened(cursor, (reader) => readWindows(reader, retrieval, cursor));
    }
  }
}

const FORMATS: Partial<Record<Stream['retrieval']['way'], StateFormat>> = {
  partition: partitionState,
  'newest-first': newestFirstState,
  month: monthState,
  window: windowState,
};

/** The format of the state that a stream saves, or undefined for full-refresh streams. */
export function stateFormatOf(stream: Pick<Stream, 'retrieval'>): StateFormat | undefined {
  return cursorFieldOf(stream) === undefined ? undefined : FORMATS[stream.retrieval.way];
}
