import { inputError } from '../../core/failure/errors.ts';
import { STATE_VERSION, type StateFormat, UNNAMED_PLATFORM } from '../../core/retrieval/state-format.ts';
import { partitionNameOf, stateFormatOf } from '../../core/retrieval/state-formats.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf } from '../../core/stream/stream.ts';
import { toUtcText } from '../../core/record/timestamp.ts';

// A bookmark says what a state of the core says, in the words that Singer's users know. Meltano merges states key by key:
// a key that is left out comes back from the older one, and a null that meets an object breaks it. So every key is always
// there, what may be missing is null or a list, and nothing is an object under a changing key.

/** What the bookmark of an incremental stream is about. */
export interface Bookmarked {
  platform: string;
  replicationKey: string;
  format: StateFormat;
  /** What the context of a partition calls it. */
  partitionName: string;
}

/** Undefined for a stream that is only read in full. */
export function bookmarked(platform: string, stream: Stream): Bookmarked | undefined {
  const format = stateFormatOf(stream);
  const replicationKey = cursorFieldOf(stream);
  if (format === undefined || replicationKey === undefined) return undefined;
  return { platform, replicationKey, format, partitionName: partitionNameOf(stream) };
}

/** The state of the core as a bookmark. It is not checked: what does not fit is reported when it is read. */
export function bookmarkOf(state: Row, { platform, replicationKey, format, partitionName }: Bookmarked): Row {
  const { version = STATE_VERSION, start_date = null, job = null } = state;
  const { value, partitions, lists, objects } = format;
  const bookmark: Row = { version, platform, start_date, job };
  if (value !== undefined) {
    bookmark['replication_key'] = replicationKey;
    bookmark['replication_key_value'] = state[value.key] ?? null;
  }
  if (partitions !== undefined) {
    const times = state[partitions];
    bookmark['partitions'] = Object.entries(isRow(times) ? times : {})
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([id, time]) => ({
        context: { [partitionName]: id },
        replication_key: replicationKey,
        replication_key_value: time,
      }));
  }
  for (const key of lists) bookmark[key] = state[key] ?? [];
  for (const [key, names] of Object.entries(objects)) {
    const object = state[key];
    bookmark[key] = isRow(object) ? [Object.fromEntries(names.map((name) => [name, object[name] ?? null]))] : [];
  }
  return bookmark;
}

/**
 * The bookmark as a state of the core. Takes also what users and other taps write: nulls, no version, and the forms that
 * the states of the core have themselves. `where` begins the sentence about one that cannot be used, which is thrown.
 */
export function stateOf(bookmark: Row, { platform, format, partitionName }: Bookmarked, where: string): Row {
  const of = bookmark['platform'] ?? platform;
  if (of !== platform) {
    throw inputError(
      `${where} belongs to the platform ${textOf(of)}, but the config names ${platform}. Reset the stream: take its bookmark out of the state, or run with --full-refresh.`,
    );
  }
  const { version, start_date, job } = bookmark;
  const { value, partitions, lists, objects } = format;
  const state: Row = { version: version ?? STATE_VERSION, start_date, job };
  if (platform !== UNNAMED_PLATFORM) state['platform'] = platform;
  if (value !== undefined) {
    // Not the older form beside a null of this one: null says that there is no cursor value.
    const key = 'replication_key_value' in bookmark ? 'replication_key_value' : value.key;
    state[value.key] = value.kind === 'timestamp' ? timeIn(bookmark, key, where) : bookmark[key];
  }
  if (partitions !== undefined) {
    state[partitions] =
      'partitions' in bookmark ? timesIn(bookmark['partitions'], partitionName, where) : bookmark[partitions];
  }
  for (const key of lists) state[key] = listIn(bookmark[key], key, where);
  for (const key of Object.keys(objects)) state[key] = objectIn(bookmark[key], key, where);
  return without(state);
}

/** The keys that every bookmark may have. */
const KEYS = ['version', 'platform', 'start_date', 'job'];

/** What a bookmark holds besides what a state of the core has: it stays. */
export function foreignKeys(bookmark: Row, { format: { value, partitions, lists, objects } }: Bookmarked): Row {
  const ours = [...KEYS, ...lists, ...Object.keys(objects)];
  if (value !== undefined) ours.push('replication_key', 'replication_key_value', value.key);
  if (partitions !== undefined) ours.push('partitions', partitions);
  return Object.fromEntries(Object.entries(bookmark).filter(([key]) => !ours.includes(key)));
}

/** An object, which a bookmark has as a list of at most one. */
function objectIn(list: unknown, key: string, where: string): Row | undefined {
  const object: unknown = Array.isArray(list) ? list[0] : list;
  if (object === null || object === undefined) return undefined;
  if (!isRow(object)) throw unusable(where, `${key} must be a list of at most one object`);
  return without(object);
}

function timesIn(partitions: unknown, partitionName: string, where: string): Row {
  if (partitions === null || partitions === undefined) return {};
  if (!Array.isArray(partitions)) throw unusable(where, 'partitions must be a list');
  const times = partitions.map((partition: unknown, i): [string, unknown] => {
    const context = isRow(partition) ? partition['context'] : undefined;
    const id = isRow(context) ? context[partitionName] : undefined;
    if (typeof id !== 'string') throw unusable(where, `partitions[${i}].context.${partitionName} must be an id`);
    return [id, timeIn(partition as Row, 'replication_key_value', where, `partitions[${i}].`)];
  });
  return without(Object.fromEntries(times));
}

/** A list of record keys; none stands for an empty list, as in the states of the core. */
function listIn(keys: unknown, key: string, where: string): unknown {
  if (keys === null || keys === undefined) return undefined;
  if (!Array.isArray(keys) || keys.some((each) => typeof each !== 'string')) {
    throw unusable(where, `${key} must be a list of keys`);
  }
  return keys.length === 0 ? undefined : keys;
}

function timeIn(holder: Row, key: string, where: string, path = ''): unknown {
  const value = holder[key] ?? undefined;
  if (value === undefined || (typeof value === 'string' && toUtcText(value) !== undefined)) return value;
  throw unusable(where, `${path}${key} must be a timestamp`);
}

function unusable(where: string, what: string): Error {
  return inputError(
    `${where} cannot be used: ${what}. Correct it, or take it out of the state to begin from the start.`,
  );
}

function without(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value.length <= 60 ? value : 'of another kind';
}
