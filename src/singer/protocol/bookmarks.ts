import { inputError } from '../../core/failure/errors.ts';
import { STATE_VERSION, type StateFormat } from '../../core/retrieval/state-format.ts';
import { stateFormatOf } from '../../core/retrieval/open-stream.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf } from '../../core/stream/stream.ts';
import { toUtcText } from '../../core/record/timestamp.ts';

// A bookmark is a state of the core in Singer's format. Meltano merges a new state into the old state key by key: it keeps the old value of
// a missing key, and it fails if the old value is null and the new value is an object. Therefore, each bookmark contains all keys, absent
// values are null or empty lists, and no object has variable keys.

/** Describes how to translate between the states and the bookmarks of an incremental stream. */
export interface BookmarkFormat {
  platform: string;
  replicationKey: string;
  format: StateFormat;
  /** The key of a partition's id in the partition's context. */
  partitionName: string;
}

/** The bookmark format of a stream, or undefined for a full-refresh stream. */
export function bookmarkFormatOf(platform: string, stream: Stream): BookmarkFormat | undefined {
  const format = stateFormatOf(stream);
  const replicationKey = cursorFieldOf(stream);
  if (format === undefined || replicationKey === undefined) return undefined;
  const { retrieval } = stream;
  const { way } = retrieval;
  const partitionName = way === 'window' ? retrieval.partitionName : way === 'month' ? 'account_id' : 'deployment_id';
  return { platform, replicationKey, format, partitionName };
}

/** Translates a state into a bookmark. Values are validated only when the bookmark is read. */
export function bookmarkOf(state: Row, { platform, replicationKey, format, partitionName }: BookmarkFormat): Row {
  const { value, partitions, lists, objects } = format;
  const bookmark: Row = {
    version: state['version'] ?? STATE_VERSION,
    platform,
    start_date: state['start_date'] ?? null,
  };
  if (value !== undefined) {
    bookmark['replication_key'] = replicationKey;
    bookmark['replication_key_value'] = state[value.key] ?? null;
  }
  if (partitions !== undefined && (value === undefined || state[partitions] !== undefined)) {
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
 * Translates a bookmark into a state, which the core then validates. A bookmark that a person wrote may lack `version` and `platform`.
 * Error messages begin with `where`.
 */
export function stateOf(bookmark: unknown, { platform, format, partitionName }: BookmarkFormat, where: string): Row {
  if (!isRow(bookmark)) throw unusable(where, 'it must be an object');
  const list = (key: string): unknown[] => {
    const values = bookmark[key] ?? [];
    if (!Array.isArray(values)) throw unusable(where, `${key} must be a list`);
    return values;
  };
  const { value, partitions, lists, objects } = format;
  const state: Row = {
    version: bookmark['version'] ?? STATE_VERSION,
    platform: bookmark['platform'] ?? platform,
    start_date: bookmark['start_date'],
  };
  if (value !== undefined) {
    const saved = bookmark['replication_key_value'];
    // The error must contain the bookmark's key instead of the core's key, because a person may have edited the bookmark.
    if (value.kind === 'timestamp' && typeof saved === 'string' && toUtcText(saved) === undefined) {
      throw unusable(where, 'replication_key_value must be a timestamp');
    }
    state[value.key] = saved;
  }
  if (partitions !== undefined && (value === undefined || bookmark['partitions'] !== undefined)) {
    const times = list('partitions').map((partition, i) => {
      const context = isRow(partition) ? partition['context'] : undefined;
      const id = isRow(context) ? context[partitionName] : undefined;
      if (typeof id !== 'string') throw unusable(where, `partitions[${i}].context.${partitionName} must be an id`);
      return [id, (partition as Row)['replication_key_value']] as const;
    });
    state[partitions] = Object.fromEntries(times);
  }
  for (const key of lists) state[key] = list(key);
  for (const key of Object.keys(objects)) state[key] = list(key)[0];
  return state;
}

function unusable(where: string, what: string): Error {
  return inputError(
    `${where} cannot be used: ${what}. Correct it, or remove the bookmark to read the stream from the beginning.`,
  );
}
