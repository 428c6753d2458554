import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventApi, type EventTraits, refusal } from '../../test-support/unit/fake-api.ts';
import { events, openRead, openRun } from '../../test-support/unit/reads.ts';
import type { NewestFirstCursor } from './newest-first-cursor.ts';
import type { StreamEnd } from './output.ts';
import { readStreams } from './read-streams.ts';
import { type WalkState, parseWalkState } from './stream-states.ts';

// Everything happens at multiples of this, so that many events have the same time.
const TICK = 500;
const BEGIN = Date.parse('2018-09-01T00:00:00Z');

/** What happens to the list. Times are in ticks; `late`: how far an event's time lies before its arrival. */
type Change =
  | { kind: 'arrive'; late: number }
  | { kind: 'arrive_early'; ahead: number }
  | { kind: 'arrive_undated' }
  | { kind: 'expire'; count: number }
  | { kind: 'pass'; ticks: number };

interface Read {
  before: Change[];
  /** What happens while the requests are answered, in turn. */
  meanwhile: Change[][];
  mode: 'full_refresh' | 'incremental';
  jobId: string | undefined;
  /** At this request the process is lost; none: the read ends by itself. */
  lostAt: number | undefined;
  /** Which of the states that were printed by then was kept, from 0 for none to 1 for the last. */
  kept: number;
}

interface Story {
  traits: EventTraits;
  lookback: number;
  /** Ticks after the begin; undefined: none. */
  startDate: number | undefined;
  reads: Read[];
}

const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('arrive' as const), late: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('arrive_early' as const), ahead: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('arrive_undated' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const), count: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ticks: fc.nat(20) }) },
);

const traits = fc.record({
  cursor: fc.constantFrom<EventTraits['cursor'][]>('exclusive', 'inclusive'),
  newerThan: fc.constantFrom<EventTraits['newerThan'][]>('exclusive', 'inclusive', 'whole_seconds', 'ignored'),
  most: fc.integer({ min: 2, max: 12 }),
  ties: fc.constantFrom<EventTraits['ties'][]>('newcomer', 'first_come'),
  gone: fc.constantFrom<EventTraits['gone'][]>('refused', 'empty'),
  olderThan: fc.constantFrom<EventTraits['olderThan'][]>(
    'exclusive',
    'inclusive',
    'whole_seconds',
    'ignored',
    'refused',
  ),
  forgets: fc.constant(0),
});

const read = (mode: fc.Arbitrary<Read['mode']>): fc.Arbitrary<Read> =>
  fc.record({
    before: fc.array(change, { maxLength: 20 }),
    meanwhile: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 6 }),
    mode,
    jobId: fc.constantFrom('17', '18', undefined),
    lostAt: fc.option(fc.nat(6), { nil: undefined }),
    kept: fc.double({ min: 0, max: 1, noNaN: true }),
  });

const storyOf = (mode: fc.Arbitrary<Read['mode']>): fc.Arbitrary<Story> =>
  fc.record({
    traits,
    lookback: fc.nat(8),
    startDate: fc.option(fc.nat(40), { nil: undefined, freq: 4 }),
    reads: fc.array(read(mode), { minLength: 1, maxLength: 6 }),
  });

/** The API, what of its events has safely come out, and the state that goes from read to read. */
class Model {
  readonly #story: Story;
  readonly api: EventApi;
  now = BEGIN;
  state = '{}';
  /** The events that came out and that the state stands for. */
  safe = new Set<string>();

  constructor(story: Story) {
    this.#story = story;
    this.api = new EventApi(story.traits);
  }

  get lookbackMs(): number {
    // A second at least, whatever is set.
    return Math.max(1_000, this.#story.lookback * TICK);
  }

  get walkState(): WalkState {
    return parseWalkState(JSON.parse(this.state) as object, 'The state', 'compose');
  }

  happen(change: Change): void {
    const { lookback } = this.#story;
    if (change.kind === 'arrive') this.api.add(this.now - Math.min(change.late, lookback) * TICK, true);
    else if (change.kind === 'arrive_early') this.api.add(this.now + change.ahead * TICK, true);
    else if (change.kind === 'arrive_undated') this.api.add(this.now, false);
    else if (change.kind === 'expire') this.api.expire(change.count);
    else this.now += change.ticks * TICK;
  }

  async read({ mode, jobId, lostAt, kept, meanwhile }: Read): Promise<{ end: StreamEnd; emitted: string[] }> {
    const { startDate } = this.#story;
    const testRun = openRun({
      startedAt: new Date(this.now).toISOString(),
      startDate: startDate === undefined ? undefined : new Date(BEGIN + startDate * TICK).toISOString(),
      otherwise: (path, query) => {
        const { length } = testRun.api.requests;
        if (length - 1 === lostAt) throw refusal(503);
        if (length > 500) throw new Error('the read does not come to an end');
        stream.sink.checkpoint();
        for (const change of meanwhile[length - 1] ?? []) this.happen(change);
        return this.api.answer(path, query);
      },
    });
    const { lookbackMs } = this;
    const state = JSON.parse(this.state) as object;
    const stream = openRead<NewestFirstCursor>(testRun, events, state, { mode, jobId, lookbackMs });
    const continues = mode === 'incremental' || this.#belongs(jobId);
    const [end] = await readStreams([stream]);
    const { messages } = testRun.printed;
    const places = messages.flatMap(({ type }, i) => (type === 'STATE' ? [i] : []));
    const last = end?.end === 'complete' ? places.length : Math.round(kept * places.length);
    const place = places[last - 1];
    if (place !== undefined) {
      this.state = JSON.stringify(messages[place]?.state?.stream.stream_state);
      if (!continues) this.safe.clear();
      for (const { record } of messages.slice(0, place)) if (record) this.safe.add(String(record.data['id']));
    }
    return { end: end as StreamEnd, emitted: testRun.printed.rows.map(({ id }) => String(id)) };
  }

  /** Whether a full refresh in this job is to build on what the state stands for. */
  #belongs(jobId: string | undefined): boolean {
    const { job, walk } = this.walkState;
    return (jobId !== undefined && job === jobId) || (walk !== undefined && walk.floor === undefined);
  }

  /** Whether the user wants an event. Where one without a date stands in the list tells when it happened. */
  isWanted({ time }: { time: number }): boolean {
    const { startDate } = this.#story;
    return startDate === undefined || time >= BEGIN + startDate * TICK;
  }
}

async function tell(story: Story): Promise<void> {
  const model = new Model(story);
  let mark: string | undefined;
  for (const read of [...story.reads, { ...STILL, mode: story.reads[0]?.mode ?? 'incremental' }]) {
    for (const change of read.before) model.happen(change);
    const before = { now: model.now, ids: new Set(model.api.events.map(({ id }) => id)), ...model.walkState };
    const times = new Map(model.api.events.map(({ id, time, dated }) => [id, dated ? time : Infinity]));
    const { end, emitted } = await model.read(read);
    const { walkState, api, safe, lookbackMs } = model;

    // It fails only if the process was lost, or if the place of the walk expired under it.
    if (end.end === 'failed') expect([404, 503, 'list_cut_off']).toContain(end.error.status ?? end.error.problem);
    // All that was there when a finished read began has come out.
    if (end.end === 'complete') {
      const missing = api.events.filter(
        (event) => before.ids.has(event.id) && model.isWanted(event) && !safe.has(event.id),
      );
      expect(missing).toEqual([]);
      expect(walkState.walk).toBeUndefined();
    }
    // The mark passes nothing that has not come out, and no time that is still to come; nor does it go back.
    const bound = walkState.mark === undefined ? -Infinity : Date.parse(walkState.mark) - lookbackMs;
    const passed = api.events.filter(
      (event) => event.dated && event.time < bound && model.isWanted(event) && !safe.has(event.id),
    );
    expect(passed).toEqual([]);
    expect(walkState.mark === undefined || Date.parse(walkState.mark) <= before.now).toBe(true);
    if (read.mode === 'incremental' && mark !== undefined) expect(walkState.mark && walkState.mark >= mark).toBe(true);
    mark = walkState.mark;
    // What is known is not read again, but for the look-back.
    if (read.mode === 'incremental' && before.walk === undefined && before.mark !== undefined) {
      const oldest = Date.parse(before.mark) - lookbackMs;
      expect(emitted.filter((id) => (times.get(id) ?? Infinity) < oldest)).toEqual([]);
    }
    expect(model.state.length).toBeLessThan(4_096);
  }
}

/** A read to which nothing happens. */
const STILL: Omit<Read, 'mode'> = { before: [], meanwhile: [], jobId: '17', lostAt: undefined, kept: 1 };

test('incremental reads: every event comes out, whatever the API is like and wherever reads are lost', async () => {
  await fc.assert(fc.asyncProperty(storyOf(fc.constant('incremental')), tell), { numRuns: 400 });
});

test('full refreshes, and both kinds in turn: the same', async () => {
  const mode = fc.constantFrom<Read['mode'][]>('full_refresh', 'incremental');
  await fc.assert(fc.asyncProperty(storyOf(mode), tell), { numRuns: 400 });
});
