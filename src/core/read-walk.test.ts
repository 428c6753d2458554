import { describe, expect, test } from 'vitest';
import { listBody, refusal, refuses } from '../../test-support/unit/fake-api.ts';
import { type RunOptions, type TestRun, events, openRead, openRun } from '../../test-support/unit/reads.ts';
import { CHECKPOINT_RECORDS } from './checkpoints.ts';
import type { CursorOptions } from './cursor.ts';
import type { NewestFirstCursor } from './newest-first-cursor.ts';
import type { Query } from './stream.ts';

/** A time on 31 August, `minute` minutes after noon. */
const at = (minute: number): string => new Date(Date.UTC(2018, 7, 31, 12, minute)).toISOString();
const rows = (...minutes: number[]): unknown[] =>
  minutes.map((minute) => ({ id: `e${minute}`, created_at: at(minute) }));

/** The page behind a row, or below a time, two rows at a time. */
function pages(...minutes: number[]): (query: Query) => unknown {
  return ({ cursor, older_than: bound }) => {
    const from = cursor === undefined ? 0 : minutes.findIndex((minute) => `e${minute}` === cursor) + 1;
    const older = minutes.slice(from).filter((minute) => bound === undefined || at(minute) < String(bound));
    return listBody('events', rows(...older.slice(0, 2)));
  };
}

type OpenRead = ReturnType<typeof openRead<NewestFirstCursor>>;
type Opened = TestRun & { stream: OpenRead; read: () => Promise<string[]> };

/** Reads from a state; gives the ids that came out. */
function open(answers: RunOptions, state: object = {}, options: Partial<CursorOptions> = {}): Opened {
  const testRun = openRun(answers);
  const stream = openRead<NewestFirstCursor>(testRun, events, state, options);
  const read = async (): Promise<string[]> => {
    await stream.toEnd();
    return testRun.printed.rows.map(({ id }) => String(id));
  };
  return { ...testRun, stream, read };
}

test('pages are asked for with the page size, each behind the last row of the one before', async () => {
  const { api, read, stream } = open({ pageSize: 25, answers: { events: pages(5, 4, 3) } });
  expect(await read()).toEqual(['e5', 'e4', 'e3']);
  expect(api.requests.map(({ query }) => query)).toEqual([
    { limit: 25, newer_than: undefined, older_than: undefined, cursor: undefined },
    { limit: 25, newer_than: undefined, older_than: undefined, cursor: 'e4' },
    { limit: 25, newer_than: undefined, older_than: undefined, cursor: 'e3' },
    // Is that the end? There is nothing older by time either.
    { limit: 25, newer_than: undefined, older_than: '2018-08-31T12:03:01.000Z', cursor: undefined },
    { limit: 25, newer_than: undefined, older_than: at(3), cursor: undefined },
  ]);
  expect([stream.read.requests, stream.cursor.state()]).toEqual([5, { version: 1, mark: at(5) }]);
});

test('times are compared as times, however they are spelled', async () => {
  const page = [
    { id: 'a', created_at: '2018-08-31T14:09:00+02:00' },
    { id: 'b', created_at: '2018-08-31T12:08:00Z' },
    { id: 'c', created_at: '2018-08-31T07:07:59.999-05:00' },
  ];
  const answers = { events: ({ cursor }: Query) => listBody('events', cursor === undefined ? page : []) };
  const { read, stream } = open({ answers }, { version: 1, mark: at(9) });
  expect(await read()).toEqual(['a', 'b']);
  expect(stream.cursor.mark).toBe(at(9));
});

test('rows before start_date are left out, and counted', async () => {
  const { read, stream } = open({ startDate: at(4), answers: { events: pages(5, 4, 3, 2, 1) } });
  expect(await read()).toEqual(['e5', 'e4']);
  expect(stream.read.beforeStartDate).toBe(2);
});

test('a checkpoint in the middle stands behind what was emitted of its page', async () => {
  const count = CHECKPOINT_RECORDS;
  const all = Array.from({ length: count }, (_, i) => count - i);
  const events = ({ cursor }: Query): unknown => listBody('events', cursor === undefined ? rows(...all) : []);
  const answers = { events, 'events/e1': { id: 'e1' } };
  const { read, printed, stream } = open({ startedAt: at(count), answers });
  stream.sink.started();
  await read();
  stream.sink.complete();
  expect(printed.outline.slice(count + 2)).toEqual([`STATE ${count}`, 'STATE 0', 'COMPLETE']);
  expect(printed.states).toEqual([
    { version: 1, walk: { top: at(count), cursor: 'e1' } },
    { version: 1, mark: at(count) },
  ]);
});

describe('an unfinished walk of an earlier read', () => {
  const state = { version: 1, walk: { top: at(5), cursor: 'e4' } };

  test('goes on where it stopped, once the API still knows the place, and then reads what is new', async () => {
    const { api, read, stream, printed } = open(
      { answers: { 'events/e4': { id: 'e4' }, events: pages(6, 5, 4, 3, 2) } },
      state,
    );
    expect(await read()).toEqual(['e3', 'e2', 'e6', 'e5', 'e4']);
    expect(api.paths.slice(0, 2)).toEqual(['events/e4', 'events']);
    expect(stream.cursor.state()).toEqual({ version: 1, mark: at(6) });
    expect(printed.logged('WARN')).toEqual([]);
  });

  test.each([400, 404, 410, 422])(
    'begins again at the newest event if the API refuses its place with HTTP %i',
    async (status) => {
      const answers = { 'events/e4': refuses(status), events: pages(6, 5, 3) };
      const { read, printed } = open({ answers }, state);
      expect(await read()).toEqual(['e6', 'e5', 'e3']);
      expect(printed.logged('WARN')).toEqual([
        `events: the API no longer knows the event at which the last read stopped (HTTP ${status}), so the read begins again at the newest event`,
      ]);
    },
  );

  test('begins again too if the API says of its place alone that it is out of reach', async () => {
    const answers = {
      'events/e4': () => {
        throw refusal(401, 'events/e4', true);
      },
      events: pages(6, 5, 3),
    };
    const { read } = open({ answers }, state);
    expect(await read()).toEqual(['e6', 'e5', 'e3']);
  });

  test('begins again too if only the page behind its place is refused', async () => {
    const answers = {
      'events/e4': { id: 'e4' },
      events: (query: Query) => {
        if (query['cursor'] === 'e4') throw refusal(422, 'events');
        return pages(6, 5, 3)(query);
      },
    };
    const { read, printed } = open({ answers }, state);
    expect(await read()).toEqual(['e6', 'e5', 'e3']);
    expect(printed.logged('WARN')).toHaveLength(1);
  });

  test.each([401, 403, 408, 425, 429, 500, 503])(
    'fails with HTTP %i for its place, which is not gone for that',
    async (status) => {
      const { read, stream } = open({ answers: { 'events/e4': refuses(status), events: pages(6, 5, 3) } }, state);
      await expect(read()).rejects.toMatchObject({ status });
      expect(stream.cursor.state()).toEqual(state);
    },
  );

  test('fails if its place is answered with an error text', async () => {
    const { read } = open({ answers: { 'events/e4': { errors: 'oops' }, events: pages(6, 5, 3) } }, state);
    await expect(read()).rejects.toMatchObject({ problem: 'unexpected_body' });
  });
});

test.each([400, 404, 422])('a walk of this read fails if a page of it is refused with HTTP %i', async (status) => {
  const answers = {
    events: (query: Query) => {
      if (query['cursor'] !== undefined) throw refusal(status, 'events');
      return pages(6, 5, 3)(query);
    },
  };
  const { read, api, stream } = open({ answers });
  await expect(read()).rejects.toMatchObject({ status });
  expect(api.requests).toHaveLength(2);
  expect(stream.cursor.state()).toEqual({ version: 1, walk: { top: at(6), cursor: 'e5' } });
});

test('an API that ignores the cursor fails the stream after a few requests', async () => {
  const { read, api } = open({ answers: { events: listBody('events', rows(6, 5)) } });
  await expect(read()).rejects.toMatchObject({ problem: 'cursor_ignored' });
  expect(api.requests).toHaveLength(2);
});

test('a stop is not taken for a refusal of the place', async () => {
  const testRun = open({ answers: {} }, { version: 1, walk: { top: at(5), cursor: 'e4' } });
  testRun.api.answers['events/e4'] = () => {
    testRun.stop.abort('SIGTERM');
    refuses(404)();
  };
  await expect(testRun.read()).rejects.toBe('SIGTERM');
  expect(testRun.printed.messages).toEqual([]);
});
