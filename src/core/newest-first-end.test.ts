import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventApi, type EventTraits, USUAL_TRAITS, listBody } from '../../test-support/unit/fake-api.ts';
import { events, openRead, openRun } from '../../test-support/unit/reads.ts';
import type { NewestFirstCursor } from './newest-first-cursor.ts';
import { readStreams } from './read-streams.ts';

// The end of a walk: what looks like it, and is not.

const BEGIN = Date.parse('2018-08-01T00:00:00Z');

interface Outcome {
  problem: string | undefined;
  missing: string[];
  warnings: string[];
  requests: number;
}

/** One read of an API with events at these times (ms), `undefined` for one without; `state` is that of a read before. */
async function read(
  traits: Partial<EventTraits>,
  times: Array<number | undefined>,
  state: object = {},
): Promise<Outcome> {
  const api = new EventApi({ ...USUAL_TRAITS, ...traits });
  let last = 0;
  for (const time of times) api.add(BEGIN + (last = time ?? last), time !== undefined);
  const testRun = openRun({
    otherwise: (path, query) => {
      if (testRun.api.requests.length > 2_000) throw new Error('the read does not come to an end');
      return api.answer(path, query);
    },
  });
  const [end] = await readStreams([openRead<NewestFirstCursor>(testRun, events, state)]);
  const out = new Set(testRun.printed.rows.map(({ id }) => id));
  return {
    problem: end?.end === 'failed' ? end.error.problem : undefined,
    missing: api.events.filter(({ id }) => !out.has(id)).map(({ id }) => id),
    warnings: testRun.printed.logged('WARN').map((text) => text.replace(/event \S+,/, 'event …,')),
    requests: testRun.api.requests.length,
  };
}

const WENT_ON = 'events: the API sent nothing behind the event …, but has older ones; the read goes on by their time';
const MAY_LOSE = `${WENT_ON}, so events of the same moment may be missing`;

const older = fc.constantFrom<EventTraits['olderThan'][]>('exclusive', 'inclusive', 'whole_seconds');
const cursor = fc.constantFrom<EventTraits['cursor'][]>('exclusive', 'inclusive');
const spaced = fc
  .array(fc.integer({ min: 2_000, max: 100_000 }), { minLength: 1, maxLength: 60 })
  .map((gaps) => gaps.map((_, i) => gaps.slice(0, i).reduce((sum, gap) => sum + gap, 0)));

describe('an API that forgets a cursor in the middle of a walk, and answers it with an empty page', () => {
  test('has all its events read, however often it forgets', async () => {
    const story = fc.record({
      older,
      cursor,
      most: fc.integer({ min: 2, max: 12 }),
      forgets: fc.integer({ min: 2, max: 6 }),
      spaced,
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ spaced: times, older: olderThan, ...traits }) => {
        expect(await read({ ...traits, olderThan }, times)).toMatchObject({ problem: undefined, missing: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('loses none of the events that crowd in one second either, or says so', async () => {
    const story = fc.record({
      older,
      cursor,
      most: fc.integer({ min: 2, max: 12 }),
      // One that forgets what it has only just sent again cannot be told from the end.
      forgets: fc.integer({ min: 4, max: 7 }),
      ticks: fc.array(fc.nat(12), { maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ ticks, older: olderThan, ...traits }) => {
        // Of one moment no more than a page holds: by time nobody can come past more.
        const counted = ticks.toSorted((a, b) => a - b).filter((tick, i, all) => tick !== all[i - traits.most + 1]);
        const times = counted.map((tick) => tick * 250);
        const { problem, missing, warnings } = await read({ ...traits, olderThan }, times);
        if (problem === undefined && !warnings.includes(MAY_LOSE)) expect(missing).toEqual([]);
        else if (problem !== undefined) expect(problem).toBe('list_cut_off');
      }),
      { numRuns: 500 },
    );
  });

  test('a warning tells of it, once', async () => {
    const times = Array.from({ length: 40 }, (_, i) => i * 5_000);
    expect((await read({ most: 5, forgets: 3 }, times)).warnings).toEqual([WENT_ON]);
  });
});

describe('an API whose pages hold one row', () => {
  const story = fc.record({ olderThan: older, spaced });

  test('behind an inclusive cursor: all events are read', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ olderThan, spaced: times }) => {
        const outcome = await read({ cursor: 'inclusive', most: 1, olderThan }, times);
        expect(outcome).toMatchObject({ problem: undefined, missing: [] });
        expect(outcome.warnings).toEqual(times.length > 1 ? [MAY_LOSE] : []);
      }),
    );
  });

  test('whatever the cursor: never an end with events missing', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ olderThan, spaced: times }) => {
        const { problem, missing } = await read({ cursor: 'ignored', most: 1, olderThan }, times);
        if (problem === undefined) expect(missing).toEqual([]);
        else expect(problem).toBe('cursor_ignored');
      }),
    );
  });

  test('behind an exclusive one: nothing special', async () => {
    const outcome = await read({ most: 1 }, [0, 5_000, 10_000]);
    expect(outcome).toMatchObject({ problem: undefined, missing: [], warnings: [] });
  });
});

describe('an event that goes away just when the walk stands at it', () => {
  const BEGINS_AGAIN =
    /^events: the API no longer knows the event \S+ behind which .* begins again at the newest event$/;
  const CUT_OFF =
    /^events: the API sent nothing behind the event \S+, and shows no single events .* events behind it may be missing$/;
  const spacedTimes = Array.from({ length: 30 }, (_, i) => i * 5_000);

  /** Reads an API that loses the event with which its second page ended, and answers what is behind it with nothing. */
  async function readLosing(
    traits: Partial<EventTraits>,
    times: number[],
    showsSingle = true,
  ): Promise<{ missing: string[]; warnings: string[]; problem: string | undefined }> {
    const api = new EventApi({ ...USUAL_TRAITS, most: 5, gone: 'empty', ...traits });
    for (const time of times) api.add(BEGIN + time, true);
    const testRun = openRun({
      otherwise: (path, query) => {
        if (testRun.api.requests.length === 3) api.events = api.events.toSpliced(9, 1);
        return api.answer(showsSingle || path === 'events' ? path : 'events/none', query);
      },
    });
    const [end] = await readStreams([openRead<NewestFirstCursor>(testRun, events)]);
    const out = new Set(testRun.printed.rows.map(({ id }) => id));
    return {
      missing: api.events.filter(({ id }) => !out.has(id)).map(({ id }) => id),
      warnings: testRun.printed.logged('WARN'),
      problem: end?.end === 'failed' ? end.error.problem : undefined,
    };
  }

  test.each(['ignored', 'refused'] as const)('costs nothing where older_than is unknown (%s)', async (olderThan) => {
    const { missing, warnings, problem } = await readLosing({ olderThan }, spacedTimes);
    expect({ missing, problem }).toEqual({ missing: [], problem: undefined });
    expect(warnings).toEqual([expect.stringMatching(BEGINS_AGAIN)]);
  });

  test.each(['exclusive', 'inclusive', 'whole_seconds'] as const)(
    'makes the read fail among more events of one moment than a page holds, if it stays unknown (older_than %s)',
    async (olderThan) => {
      const api = new EventApi({ ...USUAL_TRAITS, most: 5, olderThan });
      for (let i = 0; i < 30; i += 1) api.add(BEGIN, true);
      const testRun = openRun({
        otherwise: (path, query) => {
          if (query['cursor'] === 'e21') return listBody('events', []);
          return api.answer(path === 'events/e21' ? 'events/none' : path, query);
        },
      });
      const [end] = await readStreams([openRead<NewestFirstCursor>(testRun, events)]);
      expect(end).toMatchObject({ end: 'failed', error: { problem: 'list_cut_off' } });
      expect(testRun.printed.logged('WARN')).toEqual([expect.stringMatching(BEGINS_AGAIN)]);
    },
  );

  test('is told of where the API shows no single events either', async () => {
    const { missing, warnings, problem } = await readLosing({ olderThan: 'ignored' }, spacedTimes, false);
    expect([missing.length, problem]).toEqual([20, undefined]);
    expect(warnings).toEqual([expect.stringMatching(CUT_OFF)]);
  });

  const clamped = [
    { olderThan: 'ignored', times: spacedTimes },
    { olderThan: 'refused', times: spacedTimes },
    { olderThan: 'exclusive', times: spacedTimes.map(() => undefined) },
  ] as const;
  test.each(clamped)('pages of one row past which no time leads are told of (older_than $olderThan)', async (api) => {
    const { missing, warnings } = await read({ ...api, cursor: 'inclusive', most: 1 }, [...api.times]);
    expect(missing).toHaveLength(29);
    expect(warnings).toEqual([
      'events: the API sends the event e30 whatever it is asked for, so events behind it may be missing',
    ]);
  });
});

describe('the true end', () => {
  const times = Array.from({ length: 30 }, (_, i) => i * 5_000);

  test('is asked for by time, which costs two requests', async () => {
    expect(await read({ most: 10 }, times)).toMatchObject({ missing: [], warnings: [], requests: 6 });
  });

  test.each(['ignored', 'refused'] as const)(
    'of an API to which older_than is unknown (%s) is asked for by the last event too',
    async (olderThan) => {
      expect(await read({ most: 10, olderThan }, times)).toMatchObject({ missing: [], warnings: [], requests: 6 });
    },
  );

  test('is no question below the mark of an earlier read', async () => {
    const mark = new Date(BEGIN + 29 * 5_000).toISOString();
    const { requests } = await read({ most: 10, newerThan: 'ignored' }, times, { version: 1, mark });
    expect(requests).toBe(3);
  });
});

describe('a walk that has seen no time', () => {
  const undated = Array.from({ length: 12 }, () => undefined);

  test('ends behind an event that the API still knows', async () => {
    expect(await read({ most: 5 }, undated)).toMatchObject({ problem: undefined, missing: [], warnings: [] });
  });

  test('begins again once if the API no longer knows it, and then fails', async () => {
    const api = { most: 5, gone: 'empty' as const };
    const testRun = openRun({
      otherwise: (path, { cursor: id }) =>
        path === 'events' && id === undefined ? { _embedded: { events: [{ id: 'a' }] } } : gone(path, api),
    });
    const [end] = await readStreams([openRead<NewestFirstCursor>(testRun, events)]);
    expect(end).toMatchObject({ end: 'failed', error: { problem: 'list_cut_off' } });
    expect(testRun.printed.logged('WARN')).toEqual([
      'events: the API no longer knows the event a behind which it sent nothing (HTTP 404), so the read begins again at the newest event',
    ]);
  });
});

function gone(path: string, traits: Partial<EventTraits>): unknown {
  return new EventApi({ ...USUAL_TRAITS, ...traits }).answer(path, { limit: 5, cursor: 'a' });
}

describe('an unfinished walk of an earlier read whose rows had no usable time', () => {
  test('takes its top from the rows below, and is not begun again', async () => {
    // The newest ten are dated in the future.
    const times = [
      ...Array.from({ length: 20 }, (_, i) => i * 5_000),
      ...Array.from({ length: 10 }, (_, i) => 1e12 + i),
    ];
    const outcome = await read({ most: 5 }, times, { version: 1, walk: { cursor: 'e201' } });
    expect(outcome.problem).toBeUndefined();
    // 40 pages down to the oldest event, a few for what is newer, and what tells the end of either.
    expect(outcome.requests).toBeLessThan(60);
    expect(outcome.missing).toEqual([]);
  });
});
