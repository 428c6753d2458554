import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listBody, refusal } from '../../../../test-support/unit/fake-api.ts';
import { openRead, openRun } from '../../../../test-support/unit/reads.ts';
import { embeddedRows } from '../../../platforms/compose/envelope.ts';
import type { ComposeShared } from '../../../platforms/compose/stream.ts';
import { text, timestamp } from '../../stream/fields.ts';
import { readStreams } from '../../reading/read-streams.ts';
import type { Row } from '../../record/row.ts';
import { streamsOf } from '../../stream/stream.ts';
import type { Partition } from '../partitions.ts';
import { parseState } from '../state-format.ts';
import { type PartitionCursor, type PartitionState, partitionState } from './cursor.ts';

/** All times are multiples of this many milliseconds, so that many rows have the same time. */
const TICK = 500;
const BEGIN = Date.parse('2018-09-01T00:00:00Z');
const PARTITIONS = ['a', 'b', 'c'];
/** The list of partitions already contains the rows of this partition. */
const BROUGHT = 'c';

/** A row on the server. Its time never changes, but may be unknown at first. */
interface Job {
  key: string;
  partition: string;
  time: number;
  isDated: boolean;
  isFinal: boolean;
  version: number;
  /** Whether the job was first listed later than the lookback window allows. */
  isLate: boolean;
}

/** `which` selects a listed job. `late` is the number of ticks from a job's date to now. It is negative if the date is in the future. */
type Change =
  | { kind: 'begin'; partition: string; isDated: boolean; isFinal: boolean; late: number }
  | { kind: 'progress' | 'finish' | 'date' | 'forget'; which: number }
  | { kind: 'move'; which: number; partition: string }
  | { kind: 'remove' | 'restore'; partition: string }
  | { kind: 'pass'; ticks: number };

interface Read {
  before: Change[];
  mode: 'full_refresh' | 'incremental';
  jobId: string | undefined;
  chosen: string[];
  workers: number;
  /** The HTTP statuses that partitions return instead of their rows, by partition. */
  refused: Record<string, number>;
  /** The number of the request at which the process is killed. */
  killedAt: number | undefined;
  /** The share of printed states that are saved when the process is killed, from 0 (none) to 1 (all). */
  saved: number;
}

interface Story {
  lookback: number;
  /** Whether rows may change until they are final. */
  changes: boolean;
  reads: Read[];
}

const partition = fc.constantFrom(...PARTITIONS);
const which = fc.nat(9);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('begin' as const),
      partition,
      isDated: fc.integer({ min: 0, max: 9 }).map((n) => n > 1),
      isFinal: fc.boolean(),
      late: fc.oneof(fc.integer({ min: -9, max: 6 }), fc.integer({ min: 7, max: 60 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('progress' as const, 'finish' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('date' as const, 'forget' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), which, partition }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'restore' as const), partition }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ticks: fc.nat(12) }) },
);
const read: fc.Arbitrary<Read> = fc.record({
  before: fc.array(change, { maxLength: 15 }),
  mode: fc.constantFrom<Read['mode'][]>('incremental', 'incremental', 'incremental', 'full_refresh'),
  jobId: fc.constantFrom('17', '18', undefined),
  chosen: fc.oneof(fc.constant(PARTITIONS), fc.uniqueArray(partition, { minLength: 1 })),
  workers: fc.integer({ min: 1, max: 3 }),
  refused: fc.oneof(
    fc.constant<Record<string, number>>({}),
    fc.dictionary(partition, fc.constantFrom(403, 404, 503), { maxKeys: 2, noNullPrototype: true }),
  ),
  killedAt: fc.option(fc.nat(3), { nil: undefined }),
  saved: fc.double({ min: 0, max: 1, noNaN: true }),
});
const story: fc.Arbitrary<Story> = fc.record({
  lookback: fc.nat(6),
  changes: fc.boolean(),
  reads: fc.array(read, { minLength: 1, maxLength: 7 }),
});
const LAST: Read = {
  before: [],
  mode: 'incremental',
  jobId: undefined,
  chosen: PARTITIONS,
  workers: 2,
  refused: {},
  killedAt: undefined,
  saved: 1,
};

/** The API, the state that each read passes to the next, and the version of each job that the state covers. */
class Model {
  readonly #story: Story;
  readonly lookbackMs: number;
  jobs: Job[] = [];
  present = new Set(PARTITIONS);
  now = BEGIN;
  covered = new Map<string, number>();
  state: PartitionState = { version: 1, marks: {} };
  #count = 0;

  constructor(story: Story) {
    this.#story = story;
    this.lookbackMs = Math.max(1_000, story.lookback * TICK);
  }

  get listed(): Job[] {
    return this.jobs.filter((job) => this.present.has(job.partition));
  }

  happen(change: Change): void {
    if (change.kind === 'pass') this.now += change.ticks * TICK;
    else if (change.kind === 'begin') this.#begin(change);
    else if ('which' in change) {
      const { listed } = this;
      const job = listed[change.which % Math.max(1, listed.length)];
      if (job !== undefined) this.#change(job, change);
    } else if (change.kind === 'remove') this.present.delete(change.partition);
    else this.present.add(change.partition);
  }

  #begin({ partition, isDated, isFinal, late }: Change & { kind: 'begin' }): void {
    const { lookback, changes } = this.#story;
    // A row that is already final is first listed within the lookback window. A row that may still change can be listed later.
    const ticks = isFinal || !changes ? Math.min(late, lookback) : late;
    const time = this.now - ticks * TICK;
    const key = `j${(this.#count += 1)}`;
    this.jobs.push({
      key,
      partition,
      time,
      isDated,
      isFinal: isFinal || !changes,
      version: 1,
      isLate: late > lookback,
    });
  }

  #change(job: Job, change: Change): void {
    const isKnown = this.covered.has(job.key);
    // The state forgets the jobs of a removed partition, even if the partition is restored later.
    const isMarked = this.state.marks[job.partition] !== undefined;
    if (change.kind === 'forget') this.jobs.splice(this.jobs.indexOf(job), 1);
    else if (change.kind === 'date' && !job.isDated) {
      job.isDated = true;
      job.version += 1;
    } // A job that moves before it is seen can't be recognized. A job in a removed partition no longer exists.
    else if (change.kind === 'move' && isKnown && isMarked && this.#story.changes) {
      if (this.present.has(change.partition)) job.partition = change.partition;
    } else if ((change.kind === 'progress' || change.kind === 'finish') && !job.isFinal) {
      // A late job can finish only after a read has emitted it.
      if (change.kind === 'finish' && job.isLate && !isKnown) return;
      job.version += 1;
      job.isFinal = change.kind === 'finish';
    }
  }

  /** Reads once, and returns the emitted records and the partitions that were read completely. */
  async read({ mode, jobId, chosen, workers, refused, killedAt, saved }: Read): Promise<{
    isComplete: boolean;
    whole: string[];
    emitted: Row[];
  }> {
    const rowsOf = (id: string): Row[] => this.listed.filter((job) => job.partition === id).map(rowOf);
    const testRun = openRun({
      workers,
      startedAt: new Date(this.now).toISOString(),
      otherwise: (path) => {
        if (testRun.api.requests.length - 1 === killedAt) throw refusal(503, path);
        stream.sink.checkpoint();
        if (refused[path] !== undefined) throw refusal(refused[path], path);
        return listBody('jobs', rowsOf(path));
      },
    });
    const ids = chosen.filter((id) => this.present.has(id));
    const partitions = ids.map((id) => ({ id, label: id, ...(id === BROUGHT && { rows: rowsOf(id) }) }));
    const definition = jobsIn(partitions, new Set(this.present), this.#story.changes);
    const options = { mode, jobId, lookbackMs: this.lookbackMs };
    const stream = openRead<PartitionCursor>(testRun, definition, structuredClone(this.state), options);
    const continues = mode === 'incremental' || (jobId !== undefined && jobId === this.state.job);
    const [end] = await readStreams([stream]);
    const { messages } = testRun.printed;
    const states = messages.flatMap(({ type }, i) => (type === 'STATE' ? [i] : []));
    const isComplete = end?.end === 'complete';
    const place = states[(isComplete ? states.length : Math.round(saved * states.length)) - 1];
    if (place !== undefined) {
      const state = messages[place]?.state?.stream.stream_state as object;
      this.state = parseState(partitionState, state, 'The state', 'compose');
      if (!continues) this.covered.clear();
      for (const { record } of messages.slice(0, place)) {
        if (record) this.covered.set(String(record.data['id']), Number(record.data['version']));
      }
    }
    const whole = ids.filter((id) => id === BROUGHT || refused[id] === undefined);
    return { isComplete, whole, emitted: continues ? testRun.printed.rows : [] };
  }
}

function rowOf({ key, time, isDated, version, isFinal }: Job): Row {
  const created_at = isDated ? new Date(time).toISOString() : null;
  return { id: key, created_at, version: String(version), status: isFinal ? 'done' : 'running' };
}

const jobsIn = (chosen: readonly Partition[], all: Set<string>, changes: boolean) =>
  streamsOf<ComposeShared>()({
    name: 'jobs',
    description: 'Jobs.',
    retrieval: {
      way: 'partition',
      partitions: () => Promise.resolve({ chosen, all, isWhole: chosen.length === all.size }),
      request: ({ id }) => ({ path: id }),
      rows: (body, path) => embeddedRows(body, 'jobs', path),
      cursorField: 'created_at',
      ...(changes && { isFinal: ({ status }: Row) => status === 'done' }),
    },
    primaryKey: 'id',
    fields: {
      id: text('Id.'),
      created_at: timestamp('When it began.'),
      version: text('Version.'),
      status: text('Running or done.'),
    },
  });

test('the final version of every row is emitted, however rows and partitions change and whenever reads are killed', async () => {
  const check = async (story: Story): Promise<void> => {
    const model = new Model(story);
    for (const read of [...story.reads, LAST]) {
      for (const change of read.before) model.happen(change);
      const { marks: known, pending: waiting = [] } = model.state;
      const { isComplete, whole, emitted } = await model.read(read);

      const isStale = ({ key, version }: Job): boolean => model.covered.get(key) !== version;
      const { marks, pending = [] } = model.state;
      const boundOf = (mark?: string): number => (mark === undefined ? -Infinity : Date.parse(mark) - model.lookbackMs);
      const timeOf = ({ isDated, time }: Job): number => (isDated ? time : Infinity);
      // All rows of a completely read partition were emitted in their current version.
      if (isComplete) expect(model.listed.filter((job) => whole.includes(job.partition) && isStale(job))).toEqual([]);
      // The next read skips only rows whose final version was emitted.
      const passedOver = ({ partition, isFinal, key, ...job }: Job): boolean =>
        isFinal && !pending.includes(key) && timeOf({ partition, isFinal, key, ...job }) < boundOf(marks[partition]);
      expect(model.listed.filter((job) => passedOver(job) && isStale(job))).toEqual([]);
      // A row that was emitted before it was final stays pending, unless its partition is read in full again.
      const isOpen = (job: Job): boolean => model.covered.has(job.key) && (!job.isFinal || isStale(job));
      const forgotten = model.listed.filter((job) => isOpen(job) && !pending.includes(job.key));
      if (story.changes) expect(forgotten.filter(({ partition }) => marks[partition] !== undefined)).toEqual([]);
      // No high-water mark is in the future.
      for (const mark of Object.values(marks)) expect(Date.parse(mark)).toBeLessThanOrEqual(model.now);
      // No row that is known and final is emitted again, except within the lookback window.
      const jobs = new Map(model.jobs.map((job) => [job.key, job]));
      const again = emitted.filter(({ id }) => {
        const job = jobs.get(String(id));
        if (job === undefined || !job.isFinal || waiting.includes(job.key)) return false;
        return timeOf(job) < boundOf(known[job.partition]);
      });
      expect(again).toEqual([]);
    }
    expect(Object.keys(model.state.marks).filter((id) => !model.present.has(id))).toEqual([]);
    const unfinished = model.listed.filter(({ isFinal, isDated }) => !(isFinal && isDated));
    expect([...(model.state.pending ?? [])].toSorted()).toEqual(unfinished.map(({ key }) => key).toSorted());
  };
  await fc.assert(fc.asyncProperty(story, check), { numRuns: 500 });
});
