import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionState, type PartitionValues } from './state.ts';
import { parseState, type SharedState } from '../state-format.ts';
import { listBody, refusal } from '../../../../test-support/unit/fake-api.ts';
import { openRead, openRun } from '../../../../test-support/unit/reads.ts';
import { embeddedRows } from '../../../platforms/compose/envelope.ts';
import type { ComposeShared } from '../../../platforms/compose/shared.ts';
import { text, timestamp } from '../../stream/fields.ts';
import { readStreams } from '../../reading/read-streams.ts';
import type { PartitionCursor } from './cursor.ts';
import type { Row } from '../../record/row.ts';
import { streamsOf } from '../../stream/stream.ts';
import type { Partition } from '../partitions.ts';

// Rows that change until they are final, may have no date at first, and may turn up in another slice.

const TICK = 500;
const LOOKBACK = 2;
const BEGIN = Date.parse('2018-09-01T00:00:00Z');
const SLICES = ['a', 'b', 'c'];
/** The rows of this one come with the list of slices. */
const BROUGHT = 'c';

/** One row of the server. Its time never changes, but may not be told at first. */
interface Job {
  key: string;
  slice: string;
  time: number;
  isDated: boolean;
  version: number;
  isFinal: boolean;
}

/** `which` picks one of the rows that there are. */
type Change =
  | { kind: 'begin'; slice: string; isDated: boolean; isFinal: boolean; late: number }
  | { kind: 'go_on' | 'finish' | 'date' | 'forget'; which: number }
  | { kind: 'move'; which: number; slice: string }
  | { kind: 'pass'; ticks: number };

interface Read {
  before: Change[];
  mode: 'full_refresh' | 'incremental';
  chosen: string[];
  refused: Record<string, number>;
  /** At this request the process is lost; none: the read ends by itself. */
  lostAt: number | undefined;
  /** Which of the states that were printed by then was kept, from 0 for none to 1 for the last. */
  kept: number;
}

const slice = fc.constantFrom(...SLICES);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('begin' as const),
    slice,
    isDated: fc.boolean(),
    isFinal: fc.boolean(),
    late: fc.integer({ min: -3, max: LOOKBACK }),
  }),
  fc.record({ kind: fc.constantFrom('go_on' as const, 'finish' as const, 'date' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('forget' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('move' as const), which: fc.nat(9), slice }),
  fc.record({ kind: fc.constant('pass' as const), ticks: fc.nat(12) }),
);

const read: fc.Arbitrary<Read> = fc.record({
  before: fc.array(change, { maxLength: 12 }),
  mode: fc.constantFrom<Read['mode'][]>('incremental', 'incremental', 'incremental', 'full_refresh'),
  chosen: fc.oneof(fc.constant(SLICES), fc.uniqueArray(slice, { minLength: 1 })),
  refused: fc.oneof(fc.constant({}), fc.dictionary(slice, fc.constantFrom(403, 503), { maxKeys: 1 })),
  lostAt: fc.option(fc.nat(2), { nil: undefined }),
  kept: fc.double({ min: 0, max: 1, noNaN: true }),
});

const STILL: Read = { before: [], mode: 'incremental', chosen: SLICES, refused: {}, lostAt: undefined, kept: 1 };

async function tell(reads: Read[]): Promise<void> {
  const jobs: Job[] = [];
  let now = BEGIN;
  let begun = 0;
  let state = '{}';
  /** The versions that came out by the time of the state. */
  let known = new Map<string, number>();
  const stateNow = (): PartitionValues & SharedState =>
    parseState(partitionState, JSON.parse(state) as object, 'The state', 'compose');

  const happen = (what: Change): void => {
    if (what.kind === 'pass') now += what.ticks * TICK;
    else if (what.kind === 'begin') {
      const { isDated, isFinal, late } = what;
      jobs.push({ key: `j${++begun}`, slice: what.slice, time: now - late * TICK, isDated, version: 1, isFinal });
    } else {
      const job = jobs[what.which % Math.max(1, jobs.length)];
      if (job === undefined) return;
      if (what.kind === 'forget') jobs.splice(jobs.indexOf(job), 1);
      else if (what.kind === 'date') {
        if (!job.isDated) job.version += 1;
        job.isDated = true;
      }
      // Nobody can know of a row that moved before it was seen at all.
      else if (what.kind === 'move') job.slice = known.has(job.key) ? what.slice : job.slice;
      else if (!job.isFinal) {
        job.version += 1;
        job.isFinal = what.kind === 'finish';
      }
    }
  };

  for (const { before, mode, chosen, refused, lostAt, kept } of [...reads, STILL]) {
    for (const what of before) happen(what);
    const rowsOf = (id: string): Row[] => jobs.filter((job) => job.slice === id).map(rowOf);
    const startedAt = new Date(now).toISOString();
    const testRun = openRun({
      workers: 1,
      startedAt,
      otherwise(path) {
        if (testRun.api.requests.length - 1 === lostAt) throw refusal(503, path);
        stream.sink.checkpoint();
        const status = refused[path];
        if (status !== undefined) throw refusal(status, path);
        return listBody('jobs', rowsOf(path));
      },
    });
    const slices = chosen.map((id): Partition => ({ id, label: id, ...(id === BROUGHT && { rows: rowsOf(id) }) }));
    const definition = jobsIn(slices, chosen.length === SLICES.length);
    const options = { mode, lookbackMs: LOOKBACK * TICK };
    const stream = openRead<PartitionCursor>(testRun, definition, JSON.parse(state) as object, options);
    const [end] = await readStreams([stream]);
    const { messages } = testRun.printed;
    const places = messages.flatMap(({ type }, i) => (type === 'STATE' ? [i] : []));
    const place = places[(end?.end === 'complete' ? places.length : Math.round(kept * places.length)) - 1];
    if (place !== undefined) {
      state = JSON.stringify(messages[place]?.state?.stream.stream_state);
      if (mode === 'full_refresh') known = new Map();
      for (const { record } of messages.slice(0, place)) {
        if (record) known.set(String(record.data['id']), Number(record.data['version']));
      }
    }

    const seen = jobs.filter((job) => chosen.includes(job.slice) && refused[job.slice] === undefined);
    if (end?.end === 'complete') {
      const stale = seen.filter((job) => isSettled(job) && known.get(job.key) !== job.version);
      expect(stale).toEqual([]);
    }
    // No row that was told as unfinished is forgotten before its end was told, unless it is gone.
    const pending = new Set(stateNow().pending);
    const open = jobs.filter((job) => known.has(job.key) && !(isSettled(job) && known.get(job.key) === job.version));
    expect(open.filter(({ key }) => !pending.has(key))).toEqual([]);
  }
  const unfinished = jobs.filter((job) => !isSettled(job)).map(({ key }) => key);
  expect((stateNow().pending ?? []).toSorted()).toEqual(unfinished.toSorted());
}

/** A final row may still get its date. */
function isSettled({ isDated, isFinal }: Job): boolean {
  return isDated && isFinal;
}

function rowOf({ key, time, isDated, version, isFinal }: Job): Row {
  const created_at = isDated ? new Date(time).toISOString() : null;
  return { id: key, created_at, version: String(version), status: isFinal ? 'done' : 'running' };
}

const jobsIn = (chosen: readonly Partition[], isWhole: boolean) =>
  streamsOf<ComposeShared>()({
    name: 'jobs',
    description: 'Jobs.',
    retrieval: {
      way: 'partition',
      partitions: () => Promise.resolve({ chosen, all: new Set(SLICES), isWhole }),
      request: ({ id }) => ({ path: id }),
      rows: (body, { path }) => embeddedRows(body, 'jobs', path),
      incremental: { cursorField: 'created_at', isFinal: ({ status }) => status === 'done' },
    },
    primaryKey: 'id',
    fields: {
      id: text('Id.'),
      created_at: timestamp('When it began.'),
      version: text('Version.'),
      status: text('Running or done.'),
    },
  });

test('the end of every row comes out, whenever it gets its date, whatever slice it is in, and wherever reads are lost', async () => {
  await fc.assert(fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 6 }), tell), { numRuns: 400 });
});
