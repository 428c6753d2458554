import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventApi, type EventTraits, USUAL_TRAITS } from '../../test-support/unit/fake-api.ts';
import { events, openRead, openRun } from '../../test-support/unit/reads.ts';
import { readStreams } from './read-streams.ts';

const BEGIN = Date.parse('2018-08-01T00:00:00Z');

interface Story {
  newerThan: EventTraits['newerThan'];
  most: number;
  /** The times of the events that are there at first, and of those that arrive during each request, in seconds. */
  present: number[];
  arriving: number[][];
  /** Up to where an earlier read came, in seconds. */
  mark: number | undefined;
}

const story: fc.Arbitrary<Story> = fc.record({
  newerThan: fc.constantFrom<EventTraits['newerThan'][]>('exclusive', 'inclusive', 'whole_seconds', 'ignored'),
  most: fc.integer({ min: 2, max: 12 }),
  present: fc.array(fc.nat(60), { maxLength: 40 }),
  arriving: fc.array(fc.array(fc.integer({ min: 60, max: 70 }), { maxLength: 15 }), { maxLength: 5 }),
  mark: fc.option(fc.nat(60), { nil: undefined }),
});

/** One read of an API that ignores the cursor, down to the mark itself. */
async function read({
  newerThan,
  most,
  present,
  arriving,
  mark,
}: Story): Promise<{ problem?: string; requests: number; missing: number[] }> {
  const api = new EventApi({ ...USUAL_TRAITS, cursor: 'ignored', newerThan, most, gone: 'empty' });
  for (const seconds of present) api.add(BEGIN + seconds * 1_000, true);
  const there = [...api.events];
  const testRun = openRun({
    otherwise: (path, query) => {
      const body = api.answer(path, query);
      for (const seconds of arriving[testRun.api.requests.length - 1] ?? []) api.add(BEGIN + seconds * 1_000, true);
      return body;
    },
  });
  const state = mark === undefined ? {} : { version: 1, mark: new Date(BEGIN + mark * 1_000).toISOString() };
  const [end] = await readStreams([openRead<never>(testRun, events, state, { lookbackMs: 0 })]);
  const out = new Set(testRun.printed.rows.map(({ id }) => id));
  const wanted = there.filter(({ time }) => mark === undefined || time >= BEGIN + mark * 1_000);
  return {
    ...(end?.end === 'failed' ? { problem: end.error.problem } : {}),
    requests: testRun.api.requests.length,
    missing: wanted.filter(({ id }) => !out.has(id)).map(({ time }) => time - BEGIN),
  };
}

test('an API that ignores the cursor never makes a read endless, nor ends it with events missing', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (given) => {
      const { problem, requests, missing } = await read(given);
      expect(requests).toBeLessThanOrEqual(given.arriving.length + 6);
      if (problem === undefined) expect(missing).toEqual([]);
      else expect(problem).toBe('cursor_ignored');
    }),
    { numRuns: 300 },
  );
});

test('it is told of as such whenever there is more than one event to read', async () => {
  const several = story.filter(({ present }) => present.length > 1).map((given) => ({ ...given, mark: undefined }));
  await fc.assert(
    fc.asyncProperty(several, async (given) => {
      expect((await read(given)).problem).toBe('cursor_ignored');
    }),
    { numRuns: 200 },
  );
});
