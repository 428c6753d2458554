import { inputError } from '../core/errors.ts';
import { type Row, type StreamDefinition, isRow } from '../core/stream.ts';
import { STATE_VERSION, stateHead } from '../core/stream-states.ts';
import { toUtcText } from '../core/timestamp.ts';

// A bookmark says what a state of the core says, in the words that Singer's users know. Meltano merges states key by key:
// a key that is left out comes back from the older one, and a null that meets an object breaks it. So every key is always
// there, what may be missing is null or a list, and nothing is an object under a changing key.

/** What the bookmark of an incremental stream is about. */
export interface Bookmarked {
  platform: string;
  /** The replication key. */
  field: string;
  by: 'walk' | 'marks' | 'windows' | 'months';
  /** What the context of a partition calls its slice; without it `deployment_id`. */
  slice?: string | undefined;
}

const USUAL_SLICE = 'deployment_id';

/** What of a stream's rows the bookmark speaks of; undefined for a stream that is only read in full. */
export function bookmarked(platform: string, { incremental }: StreamDefinition): Bookmarked | undefined {
  if (incremental === undefined) return undefined;
  const { field, by, slice } = incremental;
  return { platform, field, by, slice };
}

const KEYS = {
  walk: ['version', 'platform', 'replication_key', 'replication_key_value', 'start_date', 'job', 'walk', 'mark'],
  marks: ['version', 'platform', 'partitions', 'pending', 'start_date', 'job', 'marks'],
  windows: ['version', 'platform', 'partitions', 'start_date', 'job', 'marks'],
  months: ['version', 'platform', 'replication_key', 'replication_key_value', 'start_date', 'job', 'month'],
} as const satisfies Record<Bookmarked['by'], readonly string[]>;

/** The state of the core as a bookmark. It is not checked: what does not fit is told when it is read. */
export function bookmarkOf(state: Row, { platform, field, by, slice = USUAL_SLICE }: Bookmarked): Row {
  const {
    version = STATE_VERSION,
    mark = null,
    walk,
    marks,
    pending = [],
    month = null,
    start_date = null,
    job = null,
  } = state;
  if (by === 'months') {
    return { version, platform, replication_key: field, replication_key_value: month, start_date, job };
  }
  if (by === 'walk') {
    const unfinished = isRow(walk) ? [bookmarkedWalk(walk)] : [];
    return {
      version,
      platform,
      replication_key: field,
      replication_key_value: mark,
      start_date,
      job,
      walk: unfinished,
    };
  }
  const partitions = Object.entries(isRow(marks) ? marks : {})
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, value]) => ({
      context: { [slice]: id },
      replication_key: field,
      replication_key_value: value,
    }));
  const common = { version, platform, start_date, job, partitions };
  return by === 'windows' ? common : { ...common, pending };
}

function bookmarkedWalk({ top = null, cursor, before = null, floor = null }: Row): Row {
  return { top, cursor, before, floor };
}

/**
 * The bookmark as a state of the core. Takes also what users and other taps write: nulls, no version, and the forms that
 * the states of the core have themselves. `where` begins the sentence about one that cannot be used, which is thrown.
 */
export function stateOf(bookmark: Row, { platform, by, slice = USUAL_SLICE }: Bookmarked, where: string): Row {
  const of = bookmark['platform'] ?? platform;
  if (of !== platform) {
    throw inputError(
      `${where} belongs to the platform ${textOf(of)}, but the config names ${platform}. Reset the stream: take its bookmark out of the state, or run with --full-refresh.`,
    );
  }
  const { version, start_date, job } = bookmark;
  const common = { ...stateHead(platform), version: version ?? STATE_VERSION, start_date, job };
  if (by === 'walk') {
    // Not the older form beside a null of this one: null says that there is no mark.
    const key = 'replication_key_value' in bookmark ? 'replication_key_value' : 'mark';
    return without({ ...common, mark: timeIn(bookmark, key, where), walk: walkIn(bookmark['walk'], where) });
  }
  if (by === 'months') return without({ ...common, month: bookmark['replication_key_value'] ?? bookmark['month'] });
  const marks = 'partitions' in bookmark ? marksIn(bookmark['partitions'], slice, where) : bookmark['marks'];
  if (by === 'windows') return without({ ...common, marks });
  return without({ ...common, marks, pending: pendingIn(bookmark['pending'], where) });
}

/** What a bookmark holds beside what a state of the core has: it stays. */
export function foreignKeys(bookmark: Row, { by }: Bookmarked): Row {
  const ours: readonly string[] = KEYS[by];
  return Object.fromEntries(Object.entries(bookmark).filter(([key]) => !ours.includes(key)));
}

function walkIn(walk: unknown, where: string): Row | undefined {
  const unfinished: unknown = Array.isArray(walk) ? walk[0] : walk;
  if (unfinished === null || unfinished === undefined) return undefined;
  if (!isRow(unfinished)) throw unusable(where, 'walk must be a list of at most one object');
  return without(unfinished);
}

function marksIn(partitions: unknown, slice: string, where: string): Row {
  if (partitions === null || partitions === undefined) return {};
  if (!Array.isArray(partitions)) throw unusable(where, 'partitions must be a list');
  const marks = partitions.map((partition: unknown, i): [string, unknown] => {
    const context = isRow(partition) ? partition['context'] : undefined;
    const id = isRow(context) ? context[slice] : undefined;
    if (typeof id !== 'string') throw unusable(where, `partitions[${i}].context.${slice} must be an id`);
    return [id, timeIn(partition as Row, 'replication_key_value', where, `partitions[${i}].`)];
  });
  return without(Object.fromEntries(marks));
}

/** The keys of rows that may still change; none stands for an empty list, as in the states of the core. */
function pendingIn(keys: unknown, where: string): unknown {
  if (keys === null || keys === undefined) return undefined;
  if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'string')) {
    throw unusable(where, 'pending must be a list of keys');
  }
  return keys.length === 0 ? undefined : keys;
}

function timeIn(holder: Row, key: string, where: string, place = ''): unknown {
  const value = holder[key] ?? undefined;
  if (value === undefined || (typeof value === 'string' && toUtcText(value) !== undefined)) return value;
  throw unusable(where, `${place}${key} must be a timestamp`);
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
