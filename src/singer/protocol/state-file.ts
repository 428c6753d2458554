import { inputError } from '../../core/failure/errors.ts';
import { parseInput, readInput, typeName } from '../../program/input-file.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { STREAMS } from '../../streams.ts';
import { bookmarkOf, bookmarked } from './bookmarks.ts';

/** Where earlier runs stopped, and whatever else their state held, which is passed on. */
export interface TapState {
  /** As they came: only one that is used has to be an object. */
  bookmarks: Map<string, unknown>;
  rest: Row;
}

/** The platform of states that name none: they were written when there was one. */
const FIRST_PLATFORM = 'compose';

/**
 * Reads the state: the value of a STATE message, such a message itself, what `meltano state get` prints, nothing at all, or
 * the states of the Airbyte connector, alone or as the wrapper tap-airbyte saved them (`{"airbyte_state": […]}`). These
 * become bookmarks, except of streams that have one. Throws one sentence that names the file.
 */
export async function readTapState(path: string | undefined): Promise<TapState> {
  const text = path === undefined ? '' : await readInput('state', path);
  if (path === undefined || text.trim() === '') return { bookmarks: new Map(), rest: {} };
  return parseTapState(parseInput('state', path, text), `The state file ${path}`);
}

/** The same for what such a file holds; `file` begins the sentence about what is wrong. */
export function parseTapState(raw: unknown, file: string): TapState {
  const value = Array.isArray(raw) ? { airbyte_state: raw as unknown[] } : unwrapped(raw);
  if (!isRow(value)) throw inputError(`${file} must hold a JSON object; it holds ${typeName(value)}.`);
  const { bookmarks: given, airbyte_state: foreign, ...rest } = value;
  if (given !== null && given !== undefined && !isRow(given)) {
    throw inputError(`${file} must hold its bookmarks as an object; they are ${typeName(given)}.`);
  }
  const bookmarks = new Map<string, unknown>();
  for (const [name, bookmark] of Object.entries(given ?? {})) {
    if (bookmark !== null) bookmarks.set(name, bookmark);
  }
  for (const { name, state } of airbyteStates(foreign, file)) {
    if (bookmarks.has(name) || isEmpty(state)) continue;
    bookmarks.set(name, absorbed(name, state));
  }
  return { bookmarks, rest };
}

/** The bookmark by which a stream is read; undefined: it has none. Throws one sentence that names the file. */
export function bookmarkFor(name: string, { bookmarks }: TapState, file: string | undefined): Row | undefined {
  const bookmark = bookmarks.get(name);
  if (bookmark === undefined || isRow(bookmark)) return bookmark;
  const type = typeName(bookmark);
  throw inputError(
    `The state file ${file} must hold the bookmark of ${name} as an object; it is ${type}. Correct it, or take it out to read the stream from the beginning.`,
  );
}

function unwrapped(raw: unknown): unknown {
  if (!isRow(raw)) return raw;
  if (raw['type'] === 'STATE' && isRow(raw['value'])) return raw['value'];
  if (isRow(raw['singer_state'])) return raw['singer_state'];
  if (raw['type'] === 'STATE' || raw['type'] === 'STREAM' || raw['type'] === 'GLOBAL') return { airbyte_state: [raw] };
  return raw;
}

interface StreamState {
  name: string;
  state: Row;
}

/** The states in the messages of the Airbyte connector; the last of a stream counts. */
function airbyteStates(messages: unknown, file: string): StreamState[] {
  if (messages === null || messages === undefined) return [];
  const list: unknown[] = Array.isArray(messages) ? messages : [messages];
  const states = new Map<string, StreamState>();
  for (const message of list) {
    if (message === null || (isRow(message) && Object.keys(message).length === 0)) continue;
    const payload = isRow(message) && isRow(message['state']) ? message['state'] : message;
    const stream = isRow(payload) ? payload['stream'] : undefined;
    const descriptor = isRow(stream) ? stream['stream_descriptor'] : undefined;
    const name = isRow(descriptor) ? descriptor['name'] : undefined;
    const state = isRow(stream) ? (stream['stream_state'] ?? {}) : undefined;
    if (typeof name !== 'string' || !isRow(state)) {
      throw inputError(
        `${file} holds an airbyte_state that is not made of the states of single streams (type STREAM).`,
      );
    }
    states.set(name, { name, state });
  }
  return [...states.values()];
}

/** What the Airbyte connector has for a state where there is none. */
function isEmpty(state: Row): boolean {
  return Object.keys(state).every((key) => key === '__ab_no_cursor_state_message');
}

/** A state of the Airbyte connector as a bookmark; that of a stream which nobody knows stays as it is. */
function absorbed(name: string, state: Row): Row {
  const platform = typeof state['platform'] === 'string' ? state['platform'] : FIRST_PLATFORM;
  const definition = STREAMS[platform]?.find((stream) => stream.name === name);
  const about = definition === undefined ? undefined : bookmarked(platform, definition);
  return about === undefined ? state : bookmarkOf(state, about);
}
