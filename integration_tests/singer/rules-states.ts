import { isDeepStrictEqual } from 'node:util';
import type { Judged, Rule } from './judged.ts';
import { type Row, isRow } from './transcript.ts';

// Rules about the content and timing of STATE messages.

/** The keys of each kind of bookmark: newest-first pagination, partitions, time windows and months. */
const WALK_KEYS = 'platform,replication_key,replication_key_value,start_date,version,walk';
const MARKS_KEYS = 'partitions,pending,platform,start_date,version';
const WINDOWS_KEYS = 'partitions,platform,start_date,version';
const MONTHS_KEYS = 'limits,platform,replication_key,replication_key_value,start_date,version';
/**
 * The share of STATEs in the output is checked only in output of at least this size. In smaller output, the first and last STATEs alone are
 * a large share.
 */
const MUCH_OUTPUT = 100_000;

interface Stated {
  /** The STATE's line number. */
  at: number;
  text: string;
  value: Row;
}

function statesIn({ lines }: Judged): Stated[] {
  return lines.flatMap(({ message, text }, at) =>
    message?.type === 'STATE' && isRow(message.value) ? [{ at, text, value: message.value }] : [],
  );
}

function bookmarksOf(value: Row | undefined): Readonly<Record<string, Row>> {
  return isRow(value?.['bookmarks']) ? (value['bookmarks'] as Readonly<Record<string, Row>>) : {};
}

/** The streams whose bookmarks this sync may change. */
function moved({ expected }: Judged): string[] {
  return [...expected].flatMap(([name, { hasBookmark }]) => (hasBookmark ? [name] : []));
}

/** Merges an older state with a newer one as Meltano does. Throws if an object would replace null, because Meltano would fail. */
function merged(older: unknown, newer: unknown): unknown {
  if (!isRow(newer)) return newer;
  if (older === null) throw new TypeError('null meets an object');
  if (!isRow(older)) return newer;
  const result: Record<string, unknown> = { ...older };
  for (const [key, value] of Object.entries(newer)) result[key] = key in older ? merged(older[key], value) : value;
  return result;
}

function mergesBadly(older: Row, newer: Row): boolean {
  try {
    return !isDeepStrictEqual(merged(older, newer), newer);
  } catch {
    return true;
  }
}

/** Returns a missing time as an empty string, which sorts before all times. */
function timeOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The records that the sync has printed so far. */
interface Seen {
  keys: Set<unknown>;
  newest: string;
  /** The time of the newest printed record, by deployment. */
  newestOf: Map<unknown, string>;
}

function formFaults(name: string, bookmark: Row | undefined): string[] {
  if (!isRow(bookmark)) return [`${name} has none`];
  const keys = Object.keys(bookmark).toSorted().join(',');
  if (![WALK_KEYS, MARKS_KEYS, WINDOWS_KEYS, MONTHS_KEYS].includes(keys)) return [`${name} has ${keys}`];
  const { partitions = [], pending = [], walk = [], version, platform } = bookmark;
  if (version !== 1 || typeof platform !== 'string') return [`${name} has no version and platform`];
  if (!Array.isArray(partitions) || !Array.isArray(walk) || walk.length > 1) return [`${name} has no list`];
  if (!Array.isArray(pending)) return [`${name} has no list of pending keys`];
  const walkKeys = walk.map((one: Row) => Object.keys(one).toSorted().join(','));
  const partitionKeys = partitions.map((one: Row) => Object.keys(one).toSorted().join(','));
  return [
    ...walkKeys.filter((found) => found !== 'before,cursor,floor,top'),
    ...partitionKeys.filter((found) => found !== 'context,replication_key,replication_key_value'),
  ].map((found) => `${name} has ${found}`);
}

/**
 * Describes the positions in a bookmark that are ahead of the records that the sync has printed. `before` is the bookmark at the start of
 * the sync.
 */
function aheadFaults(name: string, bookmark: Row, before: Row, seen: Seen): string[] {
  // Another rule checks the bookmarks' format.
  if (formFaults(name, bookmark).length > 0) return [];
  // A month without records may be final, but the current month never is.
  if (bookmark['replication_key'] === 'month') {
    const month = timeOf(bookmark['replication_key_value']);
    return month < new Date().toISOString().slice(0, 7) ? [] : [`${name}: ${month}`];
  }
  const {
    partitions = [],
    pending = [],
    walk = [],
    replication_key_value: value,
  } = bookmark as {
    partitions?: Row[];
    pending?: unknown[];
    walk?: Row[];
    replication_key_value?: unknown;
  };
  const [begun = {}] = (before['walk'] ?? []) as Row[];
  const tops = [before['replication_key_value'], begun['top'], seen.newest].map(timeOf);
  const newest = tops.toSorted().at(-1) ?? '';
  const faults: string[] = [];
  if (timeOf(value) > newest) faults.push(`replication_key_value ${timeOf(value)}`);
  for (const { cursor, top } of walk) {
    if (cursor !== begun['cursor'] && !seen.keys.has(cursor)) faults.push(`cursor ${String(cursor)}`);
    if (timeOf(top) > newest) faults.push(`top ${timeOf(top)}`);
  }
  const earlier = new Map(
    ((before['partitions'] ?? []) as Row[]).map((one) => [(one['context'] as Row)['deployment_id'], one]),
  );
  for (const partition of partitions) {
    const { deployment_id: id, logs_instance: instance } = partition['context'] as Row;
    if (instance !== undefined) {
      // The bookmark is the end of the requested time range, which may be later than the last event.
      const end = timeOf(partition['replication_key_value']);
      if (end > new Date().toISOString()) faults.push(`a Logs instance at ${end}, which is in the future`);
      continue;
    }
    const known =
      [earlier.get(id)?.['replication_key_value'], seen.newestOf.get(id)].map(timeOf).toSorted().at(-1) ?? '';
    const mark = timeOf(partition['replication_key_value']);
    if (mark > known) faults.push(`${String(id)} at ${mark}`);
  }
  const waited = new Set((before['pending'] ?? []) as unknown[]);
  for (const key of pending) {
    if (!waited.has(key) && !seen.keys.has(key)) faults.push(`pending ${String(key)}`);
  }
  return faults.map((fault) => `${name}: ${fault}`);
}

function newSeen(): Seen {
  return { keys: new Set(), newest: '', newestOf: new Map() };
}

function see(seen: Seen, record: Row, key: string, cursor: string): void {
  seen.keys.add(record[key]);
  const at = timeOf(record[cursor]);
  if (at > seen.newest) seen.newest = at;
  const id = record['deployment_id'];
  if (at > (seen.newestOf.get(id) ?? '')) seen.newestOf.set(id, at);
}

export const STATE_RULES: readonly Rule[] = [
  {
    name: '5.3 STATE first',
    sentence:
      'The first message is a STATE, because PipelineWise targets assume that the first STATE has already been saved.',
    broken: ({ lines }) =>
      lines[0] === undefined || lines[0].message?.type === 'STATE' ? [] : [lines[0].text.slice(0, 80)],
  },
  {
    name: '5.3 STATE last',
    sentence:
      'The last message is a STATE, however the sync ends, because target-jsonl forgets a STATE that precedes a RECORD.',
    broken: ({ lines, wasKilled }) => {
      const last = lines.at(-1);
      return wasKilled || last === undefined || last.message?.type === 'STATE' ? [] : [last.text.slice(0, 80)];
    },
  },
  {
    name: '5.3 never an empty STATE',
    sentence: 'Every STATE has the key bookmarks, even if it is empty, because some targets ignore an empty STATE.',
    broken: (run) => statesIn(run).flatMap(({ value, text }) => (isRow(value['bookmarks']) ? [] : [text.slice(0, 80)])),
  },
  {
    name: '5.2 bookmark format',
    sentence: 'Every bookmark that the sync changes has all of its keys, with lists for values that may be missing.',
    broken: (run) =>
      statesIn(run).flatMap(({ value }) => moved(run).flatMap((name) => formFaults(name, bookmarksOf(value)[name]))),
  },
  {
    name: '5.4 states merge',
    sentence: 'If Meltano merges an older STATE with a later STATE, the result is the later STATE.',
    broken: (run) => {
      const states = statesIn(run);
      return states.flatMap(({ value, at }, i) => {
        const older = states[i - 1];
        return older !== undefined && mergesBadly(older.value, value) ? [`line ${at + 1}`] : [];
      });
    },
  },
  {
    name: '5.3 keeps unread bookmarks',
    sentence:
      'Every STATE contains the bookmarks of other streams, and the rest of the input state, unchanged and without additions.',
    broken: (run) => {
      const ours = moved(run);
      const rest = (value: Row | undefined): object => {
        const bookmarks = Object.entries(bookmarksOf(value)).filter(([name]) => !ours.includes(name));
        return { ...value, bookmarks: Object.fromEntries(bookmarks) };
      };
      const given = rest(run.state);
      return statesIn(run).flatMap(({ value, at }) =>
        isDeepStrictEqual(rest(value), given) ? [] : [`line ${at + 1}`],
      );
    },
  },
  {
    name: '5.3 starts from the input state',
    sentence: 'The first STATE has the bookmarks of the input state.',
    broken: (run) => {
      const [first] = statesIn(run);
      const given = bookmarksOf(run.state);
      if (first === undefined) return [];
      return moved(run).filter(
        (name) => given[name] !== undefined && !isDeepStrictEqual(bookmarksOf(first.value)[name], given[name]),
      );
    },
  },
  {
    name: '5.3 no repeated STATE',
    sentence: 'No STATE except the last is the same as the previous STATE.',
    broken: (run) => {
      const states = statesIn(run);
      return states.flatMap(({ text, at }, i) =>
        i > 0 && i < states.length - 1 && text === states[i - 1]?.text ? [`line ${at + 1}`] : [],
      );
    },
  },
  {
    name: '3.4 not ahead of its records',
    sentence: 'A STATE never covers a record that was not printed, because that record would be lost.',
    broken: (run) => {
      const seen = new Map(moved(run).map((name) => [name, newSeen()]));
      const before = bookmarksOf(statesIn(run)[0]?.value);
      return run.lines.flatMap(({ message }) => {
        if (message?.type === 'RECORD') {
          const { key = '', cursor = '' } = run.expected.get(message.stream) ?? {};
          const of = seen.get(message.stream);
          if (of !== undefined) see(of, message.record, key, cursor);
        }
        if (message?.type !== 'STATE') return [];
        return [...seen].flatMap(([name, of]) => {
          const bookmark = bookmarksOf(message.value)[name];
          return bookmark === undefined ? [] : aheadFaults(name, bookmark, before[name] ?? {}, of);
        });
      });
    },
  },
  {
    name: '5.3 states are at most a quarter',
    sentence: 'In long output, STATEs make up at most a quarter, not counting the first and the last STATE.',
    broken: (run) => {
      const total = run.stdout.length;
      const between = statesIn(run)
        .slice(1, -1)
        .reduce((sum, { text }) => sum + text.length, 0);
      return total > MUCH_OUTPUT && between > total / 4 ? [`${between} of ${total} bytes`] : [];
    },
  },
];
