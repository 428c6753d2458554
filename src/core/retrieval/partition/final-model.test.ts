import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partitionState, type PartitionValues } from './state.ts';
import { parseState, type SharedState } from '../state-format.ts';
import { listBody, refusal } from '../../../../test-support/unit/fake-api.ts';
import { openRead, openRun, tasks } from '../../../../test-support/unit/reads.ts';
import { readStreams } from '../../reading/read-streams.ts';
import type { PartitionCursor } from './cursor.ts';

// Everything happens at multiples of this, so that many rows have the same time.
const TICK = 500;
const BEGIN = Date.parse('2018-09-01T00:00:00Z');
const IDS = ['d1', 'd2', 'd3'];

type Change =
  /** `late`: how many ticks before now it is said to have begun; below 0: ahead. */
  | { kind: 'begin'; id: string; late: number; dated: boolean; done: boolean }
  /** Which of the rows that are not done, by place. */
  | { kind: 'progress' | 'end'; id: string; place: number }
  /** The oldest rows that were listed as they are in the end go. */
  | { kind: 'forget'; id: string; count: number }
  | { kind: 'pass'; ticks: number };

interface Read {
  before: Change[];
  chosen: string[];
  workers: number;
  refused: Record<string, number>;
  /** At this request the process is lost; none: the read ends by itself. */
  lostAt: number | undefined;
  /** Which of the states that were printed by then was kept, from 0 for none to 1 for the last. */
  kept: number;
}

const id = fc.constantFrom(...IDS);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('begin' as const),
      id,
      late: fc.oneof(fc.integer({ min: -9, max: 6 }), fc.integer({ min: 7, max: 60 })),
      dated: fc.integer({ max: 9, min: 0 }).map((n) => n > 0),
      done: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('progress' as const, 'end' as const), id, place: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget' as const), id, count: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ticks: fc.nat(12) }) },
);
const read: fc.Arbitrary<Read> = fc.record({
  before: fc.array(change, { maxLength: 15 }),
  chosen: fc.oneof(fc.constant<string[]>([]), fc.uniqueArray(id, { minLength: 1 })),
  workers: fc.integer({ min: 1, max: 3 }),
  refused: fc.oneof(
    fc.constant<Record<string, number>>({}),
    fc.dictionary(id, fc.constantFrom(403, 404, 503), { maxKeys: 2, noNullPrototype: true }),
  ),
  lostAt: fc.option(fc.nat(5), { nil: undefined }),
  kept: fc.double({ min: 0, max: 1, noNaN: true }),
});
const STILL: Read = { before: [], chosen: [], workers: 2, refused: {}, lostAt: undefined, kept: 1 };

interface Task {
  key: string;
  time: number | undefined;
  status: 'running' | 'done';
  version: number;
  /** It began before the look-back from when it was first seen. */
  isLate: boolean;
}

/** What happened, and which situations it led to that the test is about. */
async function tell(lookback: number, reads: Read[]): Promise<{ again: number; forgotten: number }> {
  // A second at least, whatever is set.
  const lookbackMs = Math.max(1_000, lookback * TICK);
  const present = new Map(IDS.map((deployment): [string, Task[]] => [deployment, []]));
  const seen = { again: 0, forgotten: 0 };
  /** The last version of each row that came out and that a kept state stands for. */
  const safe = new Map<string, number>();
  /** The last version of each row in a list that was read to its end. */
  const listed = new Map<string, number>();
  let now = BEGIN;
  let count = 0;
  let state = '{}';

  const happen = (what: Change): void => {
    if (what.kind === 'pass') {
      now += what.ticks * TICK;
      return;
    }
    const rows = present.get(what.id) ?? [];
    if (what.kind === 'begin') {
      // What is done when it is first seen is as late as the look-back allows; the others may come later.
      const late = what.done ? Math.min(what.late, lookback) : what.late;
      const time = what.dated ? now - late * TICK : undefined;
      const status = what.done ? 'done' : 'running';
      rows.push({ key: `${what.id}-${(count += 1)}`, time, status, version: 1, isLate: late > lookback });
    } else if (what.kind === 'forget') {
      const old = rows
        .filter(({ key, status, version }) => status === 'done' && listed.get(key) === version)
        .slice(0, what.count);
      seen.forgotten += old.length;
      present.set(
        what.id,
        rows.filter((row) => !old.includes(row)),
      );
    } else {
      const running = rows.filter(({ status }) => status === 'running');
      const task = running[what.place % Math.max(1, running.length)];
      // One that is so late has to be seen while it runs.
      if (task === undefined || (what.kind === 'end' && task.isLate && !safe.has(task.key))) return;
      task.version += 1;
      if (what.kind === 'end') task.status = 'done';
    }
  };

  for (const { before, chosen, workers, refused, lostAt, kept } of [...reads, STILL]) {
    for (const what of before) happen(what);
    const { marks: earlier } = marksOf(state);
    const answer = (path: string): unknown => {
      if (testRun.api.requests.length - 1 === lostAt) throw refusal(503, path);
      stream.sink.checkpoint();
      if (path === 'deployments')
        return listBody(
          'deployments',
          IDS.map((d) => ({ id: d })),
        );
      const deployment = path.split('/')[1] ?? '';
      if (refused[deployment] !== undefined) throw refusal(refused[deployment], path);
      return listBody('recipes', (present.get(deployment) ?? []).map(rowOf));
    };
    const testRun = openRun({ workers, chosen, startedAt: new Date(now).toISOString(), otherwise: answer });
    const stream = openRead<PartitionCursor>(testRun, tasks, JSON.parse(state) as object, { lookbackMs });
    const [end] = await readStreams([stream]);
    const { messages } = testRun.printed;
    const places = messages.flatMap(({ type }, i) => (type === 'STATE' ? [i] : []));
    const complete = end?.end === 'complete';
    const place = places[(complete ? places.length : Math.round(kept * places.length)) - 1];
    if (place !== undefined) {
      state = JSON.stringify(messages[place]?.state?.stream.stream_state);
      for (const { record } of messages.slice(0, place)) {
        if (record === undefined) continue;
        const key = String(record.data['id']);
        if (safe.has(key)) seen.again += 1;
        safe.set(key, Number(record.data['version']));
      }
    }

    const { marks } = marksOf(state);
    for (const [deployment, rows] of present) {
      const isStale = ({ key, version }: Task): boolean => safe.get(key) !== version;
      const wasRead = refused[deployment] === undefined && (chosen.length === 0 || chosen.includes(deployment));
      if (complete && wasRead) {
        // Every row has come out as it is now.
        expect(rows.filter(isStale)).toEqual([]);
        for (const { key, version } of rows) listed.set(key, version);
      }
      // What the next read will pass over has come out as it stays.
      const mark = marks[deployment];
      const bound = mark === undefined ? -Infinity : Date.parse(mark) - lookbackMs;
      const passedOver = rows.filter(({ status, time = Infinity }) => status === 'done' && time < bound);
      expect(passedOver.filter(isStale)).toEqual([]);
      // No mark is still to come.
      expect(mark === undefined || Date.parse(mark) <= now).toBe(true);
      // What is done and known is not read again, but for the look-back.
      const known = earlier[deployment];
      const byKey = new Map(rows.map((task) => [task.key, task]));
      const again = testRun.printed.rows.filter(({ id: key }) => {
        const { status, time = Infinity } = byKey.get(String(key)) ?? { status: 'running' };
        return known !== undefined && status === 'done' && time < Date.parse(known) - lookbackMs;
      });
      expect(again).toEqual([]);
    }
  }
  // Nothing was lost: whatever was there at a read that went through came out in the end as it was listed last.
  for (const [key, version] of listed) expect([key, safe.get(key)]).toEqual([key, version]);
  return seen;
}

function marksOf(state: string): PartitionValues & SharedState {
  return parseState(partitionState, JSON.parse(state) as object, 'The state', 'compose');
}

function rowOf({ key, time, status, version }: Task): unknown {
  return { id: key, updated_at: time === undefined ? null : new Date(time).toISOString(), status, version };
}

test('the last of what comes out of every row is how it ended, whenever that was and wherever reads were lost', async () => {
  const seen = { again: 0, forgotten: 0 };
  await fc.assert(
    fc.asyncProperty(fc.nat(6), fc.array(read, { minLength: 1, maxLength: 7 }), async (lookback, reads) => {
      const { again, forgotten } = await tell(lookback, reads);
      seen.again += again;
      seen.forgotten += forgotten;
    }),
    { numRuns: 400 },
  );
  // It was about something.
  expect(Math.min(seen.again, seen.forgotten)).toBeGreaterThan(0);
});
