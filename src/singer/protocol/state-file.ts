import { inputError } from '../../core/failure/errors.ts';
import { parseInput, readInput, typeName } from '../../program/input-file.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { UNNAMED_PLATFORM } from '../../core/retrieval/state-format.ts';
import { STREAMS } from '../../streams.ts';
import { streamStateIn } from '../../airbyte-state.ts';
import { bookmarkFormatOf, bookmarkOf } from './bookmarks.ts';

export interface TapState {
  /** The bookmarks by stream. A bookmark is validated only if it is used. */
  bookmarks: Map<string, unknown>;
  /** The state's other keys, which are passed on unchanged. */
  rest: Row;
}

/**
 * Reads a state: the value of a STATE message, a whole STATE message, the output of `meltano state get`, an empty file, or states of the
 * Airbyte connector, either alone, in an array, or as saved by tap-airbyte-wrapper (`{"airbyte_state": […]}`). States of the Airbyte
 * connector become bookmarks for streams that have no bookmark. Errors name the file.
 */
export async function readTapState(path: string | undefined): Promise<TapState> {
  const text = path === undefined ? '' : await readInput('state', path);
  if (path === undefined || text.trim() === '') return { bookmarks: new Map(), rest: {} };
  return parseTapState(parseInput('state', path, text), `The state file ${path}`);
}

/** Interprets the parsed JSON of a state file. Error messages begin with `file`. */
export function parseTapState(raw: unknown, file: string): TapState {
  const value = Array.isArray(raw) ? { airbyte_state: raw as unknown[] } : unwrapped(raw);
  if (!isRow(value)) throw inputError(`${file} must contain a JSON object, not ${typeName(value)}.`);
  const { bookmarks: saved, airbyte_state: messages, ...rest } = value;
  const given = saved ?? {};
  if (!isRow(given)) throw inputError(`${file} must contain bookmarks as an object, not ${typeName(given)}.`);
  const translated = new Map<string, Row>();
  for (const message of [messages ?? []].flat()) {
    // Ignore the empty entries that tap-airbyte-wrapper saves.
    if (message === null || (isRow(message) && Object.keys(message).length === 0)) continue;
    const found = streamStateIn(message);
    if (found === undefined) {
      throw inputError(`${file} contains an airbyte_state that is not a list of STREAM states.`);
    }
    translated.set(found.name, bookmarkFrom(found.name, found.state));
  }
  const bookmarks = Object.entries(given).filter(([, bookmark]) => bookmark !== null);
  const nonempty = [...translated].filter(([, bookmark]) => Object.keys(bookmark).length > 0);
  return { bookmarks: new Map<string, unknown>([...nonempty, ...bookmarks]), rest };
}

function unwrapped(raw: unknown): unknown {
  if (!isRow(raw)) return raw;
  if (raw['type'] === 'STATE' && isRow(raw['value'])) return raw['value'];
  if (isRow(raw['singer_state'])) return raw['singer_state'];
  return raw['type'] === 'STATE' || raw['type'] === 'STREAM' ? { airbyte_state: [raw] } : raw;
}

/** Translates a state of the Airbyte connector. The state of an unknown stream stays unchanged. */
function bookmarkFrom(name: string, { __ab_no_cursor_state_message: _none, ...state }: Row): Row {
  const platform = typeof state['platform'] === 'string' ? state['platform'] : UNNAMED_PLATFORM;
  const definition = STREAMS[platform]?.find((stream) => stream.name === name);
  const format = definition === undefined ? undefined : bookmarkFormatOf(platform, definition);
  return format === undefined || Object.keys(state).length === 0 ? state : bookmarkOf(state, format);
}
