import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type NewestFirstCursor, newestFirstState, type NewestFirstState } from './cursor.ts';
import { parseState } from '../state-format.ts';
import { listBody, refusal } from '../../../../test-support/unit/fake-api.ts';
import { events, openRead, openRun } from '../../../../test-support/unit/reads.ts';
import type { StreamEnd } from '../../output/output.ts';
import { readStreams } from '../../reading/read-streams.ts';
import type { Query } from '../../stream/request.ts';

// This test simulates random newest-first APIs, both correct and broken. The list of events changes during the reads, which are killed
// at random points. Whatever the API does, a read either completes without losing a record, or ends with a clear error.

/** All times are multiples of this many milliseconds, so that many events have the same time. */
const TICK = 500;
const BEGIN = Date.parse('2018-09-01T00:00:00Z');
const MAX_REQUESTS = 600;

/** A change to the list of events. `late` is the number of ticks between an event's date and its arrival. */
type Change =
  | { kind: 'arrive'; late: number }
  | { kind: 'arrive_early'; ahead: number }
  | { kind: 'arrive_undated' }
  | { kind: 'expire'; count: number }
  | { kind: 'delete'; index: number }
  | { kind: 'pass'; ticks: number };

/** The response to a request with a cursor: the correct page, the end of the list, an HTTP 4xx, or the first page. */
type Answer = 'page' | 'empty' | 'rejected' | 'first';

interface Traits {
  cursor: 'exclusive' | 'inclusive' | 'ignored';
  newerThan: 'exclusive' | 'inclusive' | 'whole_seconds' | 'ignored';
  /** How the API orders events with the same time. */
  ties: 'newcomer' | 'first_come';
  /** The page sizes, and the responses to requests with a cursor. Both lists start over at the end. */
  sizes: number[];
  answers: Answer[];
  /** The response to a cursor whose event no longer exists. */
  gone: Exclude<Answer, 'page'>;
  /** The API never recognizes an id as a cursor if its number is a multiple of `unknown`. If `unknown` is 0, the API recognizes all ids. */
  unknown: number;
}

interface Read {
  before: Change[];
  /** The changes that happen during each request. */
  during: Change[][];
  mode: 'full_refresh' | 'incremental';
  jobId: string | undefined;
  /** The number of the request at which the process is killed. */
  killedAt: number | undefined;
  /** The share of printed states that are saved when the process is killed, from 0 (none) to 1 (all). */
  saved: number;
}

interface Story {
  traits: Traits;
  lookback: number;
  startDate: number | undefined;
  reads: Read[];
}

interface StoredEvent {
  id: string;
  time: number;
  dated: boolean;
}

const change = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('arrive' as const), late: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('arrive_early' as const), ahead: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('arrive_undated' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const), count: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), index: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ticks: fc.nat(20) }) },
);

const faults: Answer[] = ['page', 'page', 'page', 'empty', 'rejected', 'first'];
const story: fc.Arbitrary<Story> = fc.record({
  traits: fc.record({
    cursor: fc.constantFrom<Traits['cursor'][]>('exclusive', 'exclusive', 'inclusive', 'inclusive', 'ignored'),
    newerThan: fc.constantFrom<Traits['newerThan'][]>('exclusive', 'inclusive', 'whole_seconds', 'ignored'),
    ties: fc.constantFrom<Traits['ties'][]>('newcomer', 'first_come'),
    sizes: fc.array(fc.integer({ min: 2, max: 12 }), { minLength: 1, maxLength: 3 }),
    answers: fc.oneof(fc.constant<Answer[]>(['page']), fc.array(fc.constantFrom(...faults), { minLength: 1 })),
    gone: fc.constantFrom<Traits['gone'][]>('empty', 'rejected', 'first'),
    unknown: fc.constantFrom(0, 0, 0, 3, 7),
  }),
  lookback: fc.nat(8),
  startDate: fc.option(fc.nat(40), { nil: undefined, freq: 4 }),
  reads: fc.array(
    fc.record({
      before: fc.array(change, { maxLength: 30, size: 'max' }),
      during: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 6 }),
      mode: fc.constantFrom<Read['mode'][]>('incremental', 'incremental', 'full_refresh'),
      jobId: fc.constantFrom('17', '18', undefined),
      killedAt: fc.option(fc.nat(6), { nil: undefined }),
      saved: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** The API, the state that each read passes to the next, the emitted events, and the events that the state covers. */
class Model {
  readonly #story: Story;
  #count = 0;
  #requests = 0;
  list: StoredEvent[] = [];
  now = BEGIN;
  state: NewestFirstState = { version: 1 };
  covered = new Set<string>();

  constructor(story: Story) {
    this.#story = story;
  }

  get lookbackMs(): number {
    return Math.max(1_000, this.#story.lookback * TICK);
  }

  happen(change: Change): void {
    if (change.kind === 'arrive') this.#add(this.now - Math.min(change.late, this.#story.lookback) * TICK, true);
    else if (change.kind === 'arrive_early') this.#add(this.now + change.ahead * TICK, true);
    else if (change.kind === 'arrive_undated') this.#add(this.now, false);
    else if (change.kind === 'expire') this.list = this.list.slice(0, Math.max(0, this.list.length - change.count));
    else if (change.kind === 'delete') this.list = this.list.filter((_, i) => i !== change.index);
    else this.now += change.ticks * TICK;
  }

  #add(time: number, dated: boolean): void {
    const { ties } = this.#story.traits;
    const place = this.list.findLastIndex(
      (other) => other.time > time || (ties === 'first_come' && other.time === time),
    );
    this.list = this.list.toSpliced(place + 1, 0, { id: `e${(this.#count += 1)}`, time, dated });
  }

  #answer(query: Query): unknown {
    const { traits } = this.#story;
    const { cursor, newer_than: newerThan } = query;
    const rows = this.list.filter(({ time }) => newerThan === undefined || this.#isNewer(time, String(newerThan)));
    const size = Math.min(traits.sizes[this.#requests % traits.sizes.length] ?? 2, Number(query['limit']));
    const answer = this.#answerTo(cursor);
    this.#requests += 1;
    if (answer === 'rejected') throw refusal(404);
    if (answer === 'empty') return listBody('events', []);
    const at = answer === 'first' ? -1 : this.list.findIndex(({ id }) => id === cursor);
    const from = at < 0 || traits.cursor === 'inclusive' ? at : at + 1;
    const page = rows.filter((row) => this.list.indexOf(row) >= from).slice(0, size);
    return listBody(
      'events',
      page.map(({ id, time, dated }) => ({ id, created_at: dated ? new Date(time).toISOString() : null })),
    );
  }

  #answerTo(cursor: Query[string]): Answer {
    const { traits } = this.#story;
    if (cursor === undefined || traits.cursor === 'ignored') return 'first';
    const isUnknown = traits.unknown > 0 && Number(String(cursor).slice(1)) % traits.unknown === 0;
    if (isUnknown || this.list.every(({ id }) => id !== cursor)) return traits.gone;
    return traits.answers[this.#requests % traits.answers.length] ?? 'page';
  }

  #isNewer(time: number, bound: string): boolean {
    const than = Date.parse(bound);
    switch (this.#story.traits.newerThan) {
      case 'exclusive':
        return time > than;
      case 'inclusive':
        return time >= than;
      case 'whole_seconds':
        return Math.floor(time / 1_000) > Math.floor(than / 1_000);
      case 'ignored':
        return true;
    }
  }

  async read({ mode, jobId, killedAt, saved, during }: Read): Promise<{ end: StreamEnd; emitted: string[] }> {
    const { startDate } = this.#story;
    const testRun = openRun({
      startedAt: new Date(this.now).toISOString(),
      startDate: startDate === undefined ? undefined : new Date(BEGIN + startDate * TICK).toISOString(),
      otherwise: (_, query) => {
        const request = testRun.api.requests.length - 1;
        if (request === killedAt) throw refusal(503);
        if (request > MAX_REQUESTS) throw new Error('the read does not end');
        stream.sink.checkpoint();
        for (const change of during[request] ?? []) this.happen(change);
        return this.#answer(query);
      },
    });
    const options = { mode, jobId, lookbackMs: this.lookbackMs };
    const stream = openRead<NewestFirstCursor>(testRun, events, structuredClone(this.state), options);
    const { job, walk } = this.state;
    const continues =
      mode === 'incremental' ||
      (jobId !== undefined && job === jobId) ||
      (walk !== undefined && walk.floor === undefined);
    const [end] = (await readStreams([stream])) as [StreamEnd];
    const { messages } = testRun.printed;
    const states = messages.flatMap(({ type }, i) => (type === 'STATE' ? [i] : []));
    const place = states[(end.end === 'complete' ? states.length : Math.round(saved * states.length)) - 1];
    if (place !== undefined) {
      const state = messages[place]?.state?.stream.stream_state as object;
      this.state = parseState(newestFirstState, state, 'The state', 'compose');
      if (!continues) this.covered.clear();
      for (const { record } of messages.slice(0, place)) if (record) this.covered.add(String(record.data['id']));
    }
    return { end, emitted: testRun.printed.rows.map(({ id }) => String(id)) };
  }

  /** The events that the user wants but the state does not cover. */
  get missing(): StoredEvent[] {
    const { startDate } = this.#story;
    const from = startDate === undefined ? -Infinity : BEGIN + startDate * TICK;
    return this.list.filter(({ id, time }) => time >= from && !this.covered.has(id));
  }

  /** Whether the API behaves correctly, in which case a read may fail only because it is killed. */
  get isSound(): boolean {
    const { traits, reads } = this.#story;
    const changes = reads.flatMap(({ before, during }) => [...before, ...during.flat()]);
    return (
      traits.cursor !== 'ignored' &&
      traits.unknown === 0 &&
      traits.answers.every((answer) => answer === 'page') &&
      changes.every(({ kind }) => kind !== 'expire' && kind !== 'delete')
    );
  }
}

const LAST: Read = { before: [], during: [], mode: 'incremental', jobId: undefined, killedAt: undefined, saved: 1 };

test('no record is lost silently, whatever the API does and whenever reads are killed', async () => {
  const check = async (story: Story): Promise<void> => {
    const model = new Model(story);
    for (const read of [...story.reads, LAST]) {
      for (const change of read.before) model.happen(change);
      const { now, state } = model;
      const present = new Set(model.list.map(({ id }) => id));
      const times = new Map(model.list.map(({ id, time, dated }) => [id, dated ? time : Infinity]));
      const { end, emitted } = await model.read(read);
      const { mark, walk } = model.state;

      if (end.end === 'complete') {
        expect(model.missing.filter(({ id }) => present.has(id))).toEqual([]);
        expect(walk).toBeUndefined();
      } else {
        const expected = model.isSound ? [503] : [503, 'list_not_paged'];
        expect(expected).toContain(end.end === 'failed' ? (end.error.status ?? end.error.problem) : end.end);
      }
      // The high-water mark never moves back, and never passes the start of the read or an event that has not been emitted.
      const bound = mark === undefined ? -Infinity : Date.parse(mark) - model.lookbackMs;
      expect(model.missing.filter(({ time, dated }) => dated && time < bound)).toEqual([]);
      expect(mark === undefined || Date.parse(mark) <= now).toBe(true);
      if (read.mode === 'incremental') {
        expect((mark ?? '') >= (state.mark ?? '')).toBe(true);
        // No known event is emitted again, except within the lookback window.
        const oldest = state.mark === undefined ? -Infinity : Date.parse(state.mark) - model.lookbackMs;
        if (state.walk === undefined) expect(emitted.filter((id) => (times.get(id) ?? Infinity) < oldest)).toEqual([]);
      }
    }
  };
  await fc.assert(fc.asyncProperty(story, check), { numRuns: 400 });
});
