import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { type TestRun, openRead, openRun } from '../../../../test-support/unit/reads.ts';
import type { ComposeShared } from '../../../platforms/compose/stream.ts';
import { ConnectorError } from '../../failure/errors.ts';
import { text, timestamp } from '../../stream/fields.ts';
import { readStreams } from '../../reading/read-streams.ts';
import type { Query } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import { type Stream, streamsOf } from '../../stream/stream.ts';
import type { WindowPage } from './declaration.ts';
import type { WindowCursor } from './cursor.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STARTED_AT = '2025-06-02T12:00:00.000Z';
const START = Date.parse(STARTED_AT);

interface Stored {
  id: string;
  time: number;
}

/** A list of events that is requested in time windows. The response omits events beyond `limit`. */
interface Model {
  events: Stored[];
  limit: number;
  end: 'inclusive' | 'exclusive';
}

/** A response body, as the test stream below parses it. */
interface Body {
  rows: Row[];
  truncated?: string;
  warnings?: string[];
  others?: number;
}

function answerOf({ events, limit, end }: Model, { from, to }: Query): Body {
  const [start, stop] = [Number(from), Number(to)];
  const found = events.filter(({ time }) => time >= start && (time < stop || (end === 'inclusive' && time === stop)));
  const rows = found.slice(0, limit).map(({ id, time }) => ({ id, at: new Date(time).toISOString() }));
  return { rows, ...(found.length > limit && { truncated: 'limit_warning' }) };
}

function streamOf(partitions: readonly string[]): Stream<ComposeShared> {
  return streamsOf<ComposeShared>()({
    name: 'events',
    description: 'Events.',
    retrieval: {
      way: 'window',
      cursorField: 'at',
      partitionName: 'store',
      partitions: async () => ({
        chosen: partitions.map((id) => ({ id, label: `store ${id}`, origin: id })),
        all: undefined,
      }),
      request: ({ id }, { from, to }) => ({ path: id, query: { from: Date.parse(from), to: Date.parse(to) } }),
      rows: (body): WindowPage => {
        const { rows, truncated, warnings = [], others = 0 } = body as Body;
        const identities = rows.map(({ id }) => String(id));
        return { rows, identities, truncated, warnings, others, unreadable: 0 };
      },
      size: { longestMs: 8 * DAY, shortestMs: MINUTE, overlapMs: HOUR, firstMs: 30 * DAY },
      terms: { partition: 'store', thing: 'event', others: 'of other services' },
    },
    primaryKey: 'id',
    startDateField: 'at',
    fields: { id: text('Id.'), at: timestamp('When it happened.') },
  });
}

interface Opened extends TestRun {
  cursor: WindowCursor;
  /** The ids emitted so far, in order. */
  ids: () => string[];
  /** Reads to the end. Throws the stream's error. */
  done: () => Promise<void>;
  /** Reads to the end as a sync does: logs the stream's summary or error, and never throws. */
  finished: () => Promise<void>;
}

function open(
  answers: Record<string, unknown>,
  state: object = {},
  options: { startDate?: string; failOnRefusedDeployments?: boolean } = {},
): Opened {
  const testRun = openRun({ answers, startedAt: STARTED_AT, ...options });
  const { cursor, reader, toEnd } = openRead<WindowCursor>(testRun, streamOf(Object.keys(answers)), state);
  const ids = (): string[] => testRun.printed.rows.map(({ id }) => String(id));
  const finished = async (): Promise<void> => {
    await readStreams([{ reader, toEnd }]);
  };
  return { ...testRun, cursor, ids, done: toEnd, finished };
}

const serve =
  (model: Model) =>
  (query: Query): Body =>
    answerOf(model, query);

/** Random event times, many of which are exactly at a window's boundary. */
const times = fc.oneof(
  fc.integer({ min: 0, max: 20 * 24 * 60 }).map((minutes) => START - minutes * MINUTE),
  fc.integer({ min: 0, max: 20 * DAY }).map((ms) => START - ms),
  fc.integer({ min: 0, max: 100 * 1_000 }).map((ms) => START - 3 * DAY - ms),
  // The boundaries of eight-day windows and of their halves.
  fc.constantFrom(...[22, 18, 14, 10, 6, 3].map((days) => START - days * DAY)),
);
const models = fc.record({
  events: fc
    .array(times, { maxLength: 60 })
    .map((all) => all.toSorted((a, b) => a - b).map((time, i) => ({ id: `e${i}`, time }))),
  limit: fc.integer({ min: 1, max: 12 }),
  end: fc.constantFrom('inclusive' as const, 'exclusive' as const),
});

test('a window that the API cannot process in time is halved, or causes the stream to fail if it is the shortest', async () => {
  const asked: number[] = [];
  const tooLong = (longest: number) => (query: Query) => {
    const [from, to] = [Number(query['from']), Number(query['to'])];
    asked.push(to - from);
    const facts = { path: 'one', status: '504', said: '' };
    if (to - from > longest) throw new ConnectorError('query_too_long', facts, { status: 504 });
    return answerOf({ events: [{ id: 'e1', time: START - 3 * DAY - HOUR }], limit: 9, end: 'exclusive' }, query);
  };
  const read = open({ one: tooLong(DAY) }, {}, { startDate: new Date(START - 5 * DAY).toISOString() });
  await read.done();
  expect(read.ids()).toEqual(['e1']);
  expect(read.cursor.state().marks).toEqual({ one: STARTED_AT });
  asked.length = 0;
  await expect(open({ one: tooLong(0) }).done()).rejects.toMatchObject({ problem: 'query_too_long' });
  expect(asked.at(-1)).toBeLessThanOrEqual(MINUTE);
});

test('no event is lost or duplicated until a minute that is still truncated causes the stream to fail', async () => {
  await fc.assert(
    fc.asyncProperty(models, async (model) => {
      const read = open({ one: serve(model) });
      const failure = await read.done().then(
        () => undefined,
        (error: unknown) => error,
      );
      const ids = read.ids();
      expect(new Set(ids).size).toBe(ids.length);
      const reached = Date.parse(read.cursor.state().marks['one'] ?? '');
      for (const { id, time } of model.events) if (time < reached) expect(ids).toContain(id);
      if (failure === undefined) expect(reached).toBe(START);
      else expect(failure).toMatchObject({ problem: 'windows_cut_off' });
    }),
    { numRuns: 60 },
  );
});

test('no event is lost if a read is stopped after any request and resumed, even with late events', async () => {
  const late = fc.array(fc.integer({ min: 0, max: HOUR }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      models,
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 6 }),
      late,
      async (given, stops, behind) => {
        const inMinute = given.events.map(
          ({ time }) => given.events.filter((other) => other.time >= time && other.time <= time + MINUTE).length,
        );
        // The limit is high enough that no minute is truncated.
        const model = { ...given, events: [...given.events], limit: Math.max(given.limit, ...inMinute) };
        const seen = new Set<string>();
        let state: object = {};
        for (const stop of [...stops, Infinity]) {
          let requests = 0;
          const read = open(
            {
              one: (query: Query) => {
                if ((requests += 1) > stop) read.stop.abort(new Error('stopped'));
                return answerOf(model, query);
              },
            },
            state,
          );
          await read.finished();
          for (const id of read.ids()) seen.add(id);
          // The next read resumes from the last printed state or, if none was printed, from the previous state.
          state = read.printed.states.at(-1) ?? state;
          const mark = Date.parse(read.cursor.state().marks['one'] ?? '');
          if (stop !== Infinity) continue;
          for (const [i, ms] of behind.entries()) model.events.push({ id: `late${i}`, time: mark - ms });
          model.limit = 100;
          const next = open({ one: serve(model) }, read.cursor.state());
          await next.done();
          for (const id of next.ids()) seen.add(id);
        }
        const missing = model.events.filter(({ id, time }) => !seen.has(id) && !isAtTheEnd(model, time));
        expect(missing).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

/** Whether only the next sync emits the event: window ends are exclusive, and the event is dated exactly at the end of the last window. */
function isAtTheEnd({ end }: Model, time: number): boolean {
  return end === 'exclusive' && time === START;
}

describe('a read', () => {
  test('a minute that is still truncated causes the stream to fail, and the stream keeps its progress', async () => {
    const burst = Array.from({ length: 9 }, (_, i) => ({ id: `b${i}`, time: START - DAY + i }));
    const events = [{ id: 'earlier', time: START - 20 * DAY }, ...burst, { id: 'later', time: START - HOUR }];
    const read = open({ one: serve({ events, limit: 4, end: 'inclusive' }) });
    await expect(read.done()).rejects.toThrow(
      /^The API truncates the events of store one even in a time window of the minimum length, starting at 2025-06-01T\S+ \(limit_warning\).*start_date/,
    );
    expect(read.ids()).toContain('earlier');
    expect(read.ids()).not.toContain('later');
    const mark = read.cursor.state().marks['one'] ?? '';
    expect(START - DAY - Date.parse(mark)).toBeLessThanOrEqual(MINUTE);
  });

  test('a warning about a response is logged once per read', async () => {
    const { printed, done } = open({ one: () => ({ rows: [], warnings: ['take care'] }) });
    await done();
    expect(printed.logged('WARN')).toEqual(['events: take care']);
  });
});

describe('rejected stores', () => {
  const good = serve({ events: [{ id: 'good', time: START - DAY }], limit: 10, end: 'inclusive' });
  const forbidden = (): never => {
    throw refusal(403, 'query');
  };

  test('a rejected store is skipped with a warning and gets no high-water mark', async () => {
    const { printed, done, ids, cursor } = open({ one: forbidden, two: good });
    await done();
    expect(ids()).toEqual(['good']);
    expect(printed.logged('WARN')).toEqual([
      expect.stringMatching(
        /^events: the API rejected this stream's requests for store one \(HTTP 403\), so this store is skipped/,
      ),
    ]);
    expect(Object.keys(cursor.state().marks)).toEqual(['two']);
  });

  test('the stream fails after reading the other stores if all stores are rejected or fail_on_refused_deployments is on', async () => {
    await expect(open({ one: forbidden, two: forbidden }).done()).rejects.toThrow('403');
    const { done, ids } = open({ one: forbidden, two: good }, {}, { failOnRefusedDeployments: true });
    await expect(done()).rejects.toThrow('403');
    expect(ids()).toEqual(['good']);
  });
});

test('rows of other streams are counted in the last log line, once for each window that is emitted', async () => {
  const rows = [{ id: 'a' }];
  const { printed, finished } = open(
    {
      one: ({ from, to }: Query) => ({
        rows,
        others: 4,
        ...(Number(to) - Number(from) > DAY && { truncated: 'limit' }),
      }),
    },
    {},
    { startDate: new Date(START - 2 * DAY).toISOString() },
  );
  await finished();
  expect(printed.logged('INFO').at(-1)).toMatch(/; 8 events of other services omitted$/);
});
