import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionState, type PartitionValues } from './state.ts';
import { parseState, type SharedState } from '../state-format.ts';
import { listBody, refusal } from '../../../../test-support/unit/fake-api.ts';
import { openRead, openRun, recipes } from '../../../../test-support/unit/reads.ts';
import { readStreams } from '../../reading/read-streams.ts';
import type { PartitionCursor } from './cursor.ts';

// Everything happens at multiples of this, so that many rows have the same time.
const TICK = 500;
const BEGIN = Date.parse('2018-09-01T00:00:00Z');
const IDS = ['d1', 'd2', 'd3', 'd4'];

/** What happens to a deployment. `late`: how many ticks before now a recipe is said to have changed; below 0: ahead. */
type Change =
  | { kind: 'touch'; id: string; recipe: number; late: number }
  | { kind: 'touch_undated'; id: string; recipe: number }
  | { kind: 'remove' | 'restore'; id: string }
  | { kind: 'pass'; ticks: number };

interface Read {
  before: Change[];
  mode: 'full_refresh' | 'incremental';
  jobId: string | undefined;
  chosen: string[];
  workers: number;
  /** The answers that a deployment gives instead of its report. */
  refused: Record<string, number>;
  /** At this request the process is lost; none: the read ends by itself. */
  lostAt: number | undefined;
  /** Which of the states that were printed by then was kept, from 0 for none to 1 for the last. */
  kept: number;
}

const id = fc.constantFrom(...IDS);
const recipe = fc.nat(5);
const change = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('touch' as const), id, recipe, late: fc.integer({ min: -9, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('touch_undated' as const), id, recipe }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'restore' as const), id }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ticks: fc.nat(12) }) },
);

const read: fc.Arbitrary<Read> = fc.record({
  before: fc.array(change, { maxLength: 15 }),
  mode: fc.constantFrom<Read['mode'][]>('incremental', 'incremental', 'full_refresh'),
  jobId: fc.constantFrom('17', '18', undefined),
  chosen: fc.oneof(fc.constant<string[]>([]), fc.uniqueArray(id)),
  workers: fc.integer({ min: 1, max: 3 }),
  refused: fc.oneof(
    fc.constant<Record<string, number>>({}),
    fc.dictionary(id, fc.constantFrom(403, 404, 503), { maxKeys: 2 }),
  ),
  lostAt: fc.option(fc.nat(5), { nil: undefined }),
  kept: fc.double({ min: 0, max: 1, noNaN: true }),
});

const STILL: Read = {
  before: [],
  mode: 'incremental',
  jobId: undefined,
  chosen: [],
  workers: 2,
  refused: {},
  lostAt: undefined,
  kept: 1,
};

/** A change of a recipe, which is what must come out. */
interface Version {
  key: string;
  time: number | undefined;
}

async function tell(lookback: number, reads: Read[]): Promise<void> {
  // A second at least, whatever is set.
  const lookbackMs = Math.max(1_000, lookback * TICK);
  const present = new Map(IDS.map((deployment) => [deployment, new Map<number, Version>()]));
  const gone = new Map<string, Map<number, Version>>();
  let now = BEGIN;
  let versions = 0;
  let state = '{}';
  /** What came out and what the state stands for. */
  let safe = new Set<string>();
  const marksOf = (): PartitionValues & SharedState =>
    parseState(partitionState, JSON.parse(state) as object, 'The state', 'compose');

  const happen = (what: Change): void => {
    if (what.kind === 'pass') now += what.ticks * TICK;
    else if (what.kind === 'touch' || what.kind === 'touch_undated') {
      const time = what.kind === 'touch' ? now - Math.min(what.late, lookback) * TICK : undefined;
      present.get(what.id)?.set(what.recipe, { key: `${what.id}-${what.recipe}-${++versions}`, time });
    } else {
      const [from, to] = what.kind === 'remove' ? [present, gone] : [gone, present];
      const recipesOf = from.get(what.id);
      if (recipesOf !== undefined) to.set(what.id, recipesOf);
      from.delete(what.id);
    }
  };

  for (const { before, mode, jobId, chosen, workers, refused, lostAt, kept } of [...reads, STILL]) {
    for (const what of before) happen(what);
    const answer = (path: string): unknown => {
      if (testRun.api.requests.length - 1 === lostAt) throw refusal(503, path);
      stream.sink.checkpoint();
      if (path === 'deployments')
        return listBody(
          'deployments',
          [...present.keys()].map((d) => ({ id: d })),
        );
      const deployment = path.split('/')[1] ?? '';
      if (refused[deployment] !== undefined) throw refusal(refused[deployment], path);
      return listBody('recipes', [...(present.get(deployment)?.values() ?? [])].map(rowOf));
    };
    const startedAt = new Date(now).toISOString();
    const testRun = openRun({ workers, chosen, startedAt, otherwise: answer });
    const earlier = marksOf();
    const stream = openRead<PartitionCursor>(testRun, recipes, JSON.parse(state) as object, {
      mode,
      jobId,
      lookbackMs,
    });
    const [end] = await readStreams([stream]);
    const { messages } = testRun.printed;
    const places = messages.flatMap(({ type }, i) => (type === 'STATE' ? [i] : []));
    const place = places[(end?.end === 'complete' ? places.length : Math.round(kept * places.length)) - 1];
    const counts = mode === 'incremental' || (jobId !== undefined && jobId === earlier.job);
    if (place !== undefined) {
      state = JSON.stringify(messages[place]?.state?.stream.stream_state);
      if (!counts) safe = new Set();
      for (const { record } of messages.slice(0, place)) if (record) safe.add(String(record.data['id']));
    }

    const { marks } = marksOf();
    for (const [deployment, recipesOf] of present) {
      const missing = [...recipesOf.values()].filter(({ key }) => !safe.has(key));
      const wasRead = refused[deployment] === undefined && (chosen.length === 0 || chosen.includes(deployment));
      // All of a deployment that was read to its end has come out.
      if (end?.end === 'complete' && wasRead) expect(missing).toEqual([]);
      // A mark passes nothing that has not come out, and no time that is still to come.
      const mark = marks[deployment];
      const bound = mark === undefined ? -Infinity : Date.parse(mark) - lookbackMs;
      expect(missing.filter(({ time = Infinity }) => time < bound)).toEqual([]);
      expect(mark === undefined || Date.parse(mark) <= now).toBe(true);
      // What is known is not read again, but for the look-back.
      const known = counts ? earlier.marks[deployment] : undefined;
      const times = new Map([...recipesOf.values()].map(({ key, time = Infinity }) => [key, time]));
      const again = testRun.printed.rows.filter(({ id: key }) => {
        return known !== undefined && (times.get(String(key)) ?? Infinity) < Date.parse(known) - lookbackMs;
      });
      expect(again).toEqual([]);
    }
  }
  expect(Object.keys(marksOf().marks).every((deployment) => present.has(deployment))).toBe(true);
}

function rowOf({ key, time }: Version): unknown {
  return { id: key, updated_at: time === undefined ? null : new Date(time).toISOString() };
}

test('every change of a recipe comes out, whatever is refused, removed or chosen, and wherever reads are lost', async () => {
  await fc.assert(fc.asyncProperty(fc.nat(6), fc.array(read, { minLength: 1, maxLength: 6 }), tell), { numRuns: 400 });
});
