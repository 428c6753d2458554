import type { Session } from '../reading/session.ts';
import { StreamReader } from '../reading/stream-reader.ts';
import { type Stream, cursorFieldOf, keyFieldOf } from '../stream/stream.ts';
import type { Cursor, CursorOptions } from './cursor.ts';
import { MonthCursor, monthState } from './month/cursor.ts';
import { readMonths } from './month/reader.ts';
import { NewestFirstCursor, newestFirstState } from './newest-first/cursor.ts';
import { readNewestFirst } from './newest-first/reader.ts';
import { PartitionCursor, partitionState } from './partition/cursor.ts';
import { readPartitions } from './partition/reader.ts';
import type { Retrieval } from './retrieval.ts';
import { readShared } from './shared/reader.ts';
import { type SharedState, type StateFormat, parseState } from './state-format.ts';
import { WindowCursor, windowState } from './window/cursor.ts';
import { readWindows } from './window/reader.ts';

export interface OpenStream {
  reader: StreamReader;
  /** Reads the stream to its end. Throws a ConnectorError or the signal's reason. */
  toEnd: () => Promise<void>;
}

/** The arguments of an opener, except for the retrieval. */
interface Opening<S> {
  stream: Stream<S>;
  session: Session<S>;
  options: CursorOptions;
  /** Parses the saved state. Throws an input error if the state can't be used. */
  state: <T extends object>(format: StateFormat<T>) => SharedState & T;
}

interface Opened<S> {
  cursor?: Cursor | undefined;
  read: (reader: StreamReader<S>) => Promise<void>;
}

type Way = Retrieval<never, never>['way'];
type Of<W extends Way, S> = Extract<Retrieval<S, string>, { way: W }>;

const OPENERS: { [W in Way]: <S>(retrieval: Of<W, S>, opening: Opening<S>) => Opened<S> } = {
  once: (retrieval, { session }) => ({
    read: (reader) => reader.readPage(retrieval.request(session.shared), retrieval, (page) => reader.emit(page)),
  }),
  shared: (retrieval) => ({ read: (reader) => readShared(reader, retrieval) }),
  partition(retrieval, { options, state }) {
    const isIncremental = retrieval.cursorField !== undefined;
    const cursor = isIncremental ? new PartitionCursor(state(partitionState), options) : undefined;
    return { cursor, read: (reader) => readPartitions(reader, retrieval, cursor) };
  },
  'newest-first'(retrieval, { stream, options, state }) {
    const list = { path: retrieval.path, key: keyFieldOf(stream), time: retrieval.cursorField };
    const cursor = new NewestFirstCursor(state(newestFirstState), options, list);
    return { cursor, read: (reader) => readNewestFirst(reader, retrieval, cursor) };
  },
  month(retrieval, { session, options, state }) {
    const limits = retrieval.limits(session.shared);
    const cursor = new MonthCursor(state(monthState), options, retrieval.rules, limits);
    return { cursor, read: (reader) => readMonths(reader, retrieval, cursor) };
  },
  window(retrieval, { options, state }) {
    const cursor = new WindowCursor(state(windowState), options, retrieval.size);
    return { cursor, read: (reader) => readWindows(reader, retrieval, cursor) };
  },
};

/** `where` identifies the state's file and stream in errors. */
export function openStream<S>(
  stream: Stream<S>,
  session: Session<S>,
  saved: object,
  where: string,
  options: CursorOptions,
): OpenStream {
  const { retrieval } = stream;
  // The compiler can't see that this opener belongs to this retrieval.
  const open = OPENERS[retrieval.way] as (retrieval: Retrieval<S, string>, opening: Opening<S>) => Opened<S>;
  const state: Opening<S>['state'] = (format) => parseState(format, saved, where, options.platform);
  const { cursor, read } = open(retrieval, { stream, session, options, state });
  const reader = new StreamReader(stream, session, cursor);
  return { reader, toEnd: () => read(reader) };
}

const FORMATS: Partial<Record<Way, StateFormat>> = {
  partition: partitionState,
  'newest-first': newestFirstState,
  month: monthState,
  window: windowState,
};

/** The format of the state that a stream saves, or undefined for full-refresh streams. */
export function stateFormatOf(stream: Pick<Stream, 'retrieval'>): StateFormat | undefined {
  return cursorFieldOf(stream) === undefined ? undefined : FORMATS[stream.retrieval.way];
}
