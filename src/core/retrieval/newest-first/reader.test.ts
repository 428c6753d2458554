import { describe, expect, test } from 'vitest';
import { listBody, refusal, refuses } from '../../../../test-support/unit/fake-api.ts';
import { type RunOptions, type TestRun, events, openRead, openRun } from '../../../../test-support/unit/reads.ts';
import type { CursorOptions } from '../cursor.ts';
import type { Query } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import type { NewestFirstCursor } from './cursor.ts';

/** The time `minute` minutes after noon on August 31. */
const at = (minute: number): string => new Date(Date.UTC(2018, 7, 31, 12, minute)).toISOString();
/** Rows with the ids `e<minute>`, each dated at its minute. */
const rows = (...minutes: number[]): Row[] => minutes.map((minute) => ({ id: `e${minute}`, created_at: at(minute) }));

interface Pages {
  size?: number;
  inclusive?: boolean;
  /** Responses to return instead of the next page, by cursor. */
  instead?: Record<string, unknown>;
}

/** An API that returns correct pages of the rows, except for the cursors in `instead`. */
function pagesOf(all: Row[], { size = 2, inclusive = false, instead = {} }: Pages = {}): (query: Query) => unknown {
  return ({ cursor = '' }) => {
    const answer = instead[cursor];
    if (answer !== undefined) return typeof answer === 'function' ? (answer as () => unknown)() : answer;
    const place = all.findIndex(({ id }) => id === cursor) + (inclusive || cursor === '' ? 0 : 1);
    return listBody('events', all.slice(Math.max(0, place), Math.max(0, place) + size));
  };
}

const EMPTY = listBody('events', []);

interface Opened extends TestRun {
  cursor: NewestFirstCursor;
  stream: ReturnType<typeof openRead<NewestFirstCursor>>;
  /** Reads to the end, and returns the ids of the records. */
  read: () => Promise<string[]>;
  /** The cursor of each request. */
  asked: () => unknown[];
}

function open(
  answer: (query: Query) => unknown,
  state: object = {},
  { startDate, startedAt, pageSize = 10, ...options }: Partial<CursorOptions> & Pick<RunOptions, 'pageSize'> = {},
): Opened {
  const testRun = openRun({ startDate, startedAt: startedAt ?? at(600), pageSize, answers: { events: answer } });
  const stream = openRead<NewestFirstCursor>(testRun, events, state, options);
  const read = async (): Promise<string[]> => {
    await stream.toEnd();
    return testRun.printed.rows.map(({ id }) => String(id));
  };
  const asked = (): unknown[] => testRun.api.requests.map(({ query }) => query['cursor']);
  return { ...testRun, cursor: stream.cursor, stream, read, asked };
}

describe('the first read', () => {
  test('the first read requests each page after the last row, and looks back one row at the end', async () => {
    const { api, read, cursor } = open(pagesOf(rows(5, 4, 3)), {}, { pageSize: 25 });
    expect(await read()).toEqual(['e5', 'e4', 'e3']);
    expect(api.requests.map(({ query }) => query)).toEqual(
      [undefined, 'e4', 'e3', 'e4'].map((id) => ({ limit: 25, newer_than: undefined, cursor: id })),
    );
    expect(cursor.state()).toEqual({ version: 1, mark: at(5) });
  });

  test('the first read of an empty list ends at once, without a high-water mark', async () => {
    const { read, api, cursor } = open(pagesOf([]));
    expect(await read()).toEqual([]);
    expect([api.requests.length, cursor.state()]).toEqual([1, { version: 1 }]);
  });
});

describe('a later read', () => {
  const state = { version: 1, mark: at(9) };

  test('a later read requests one second more than the lookback window, but emits only rows within the window', async () => {
    const { api, read, cursor } = open(pagesOf(rows(11, 10, 9, 8, 7, 6, 5), { size: 3 }), state);
    expect(await read()).toEqual(['e11', 'e10', 'e9', 'e8']);
    expect(api.requests.map(({ query }) => query['newer_than'])).toEqual(Array(3).fill('2018-08-31T12:07:59.000Z'));
    expect(cursor.state()).toEqual({ version: 1, mark: at(11) });
  });

  test('a later read compares times chronologically, whatever their format', async () => {
    const page = [
      { id: 'a', created_at: '2018-08-31T14:09:00+02:00' },
      { id: 'b', created_at: '2018-08-31T12:08:00Z' },
      { id: 'c', created_at: '2018-08-31T07:07:59.999-05:00' },
    ];
    const { read, cursor } = open(pagesOf(page), state);
    expect(await read()).toEqual(['a', 'b']);
    expect(cursor.state().mark).toBe(at(9));
  });

  test('a later read with a high-water mark in the future emits nothing and keeps the mark', async () => {
    const future = { version: 1, mark: at(700) };
    const { read, cursor } = open(pagesOf(rows(9, 8)), future);
    expect(await read()).toEqual([]);
    expect(cursor.state()).toEqual(future);
  });
});

test('a read goes back to the later of start_date and the high-water mark, and counts the rows before start_date', async () => {
  const { read, stream } = open(pagesOf(rows(5, 4, 3, 2, 1)), {}, { startDate: at(4) });
  expect(await read()).toEqual(['e5', 'e4']);
  expect(stream.reader.beforeStartDate).toBe(2);
  const bound = (minute: number): unknown =>
    open(pagesOf([]), { version: 1, mark: at(minute) }, { startDate: at(8) }).cursor.position.newerThan;
  expect([bound(20), bound(2)]).toEqual(['2018-08-31T12:18:59.000Z', '2018-08-31T12:07:59.000Z']);
});

describe('an unfinished read', () => {
  const state = { version: 1, mark: at(2), walk: { top: at(9), cursor: 'e6', before: 'e7', floor: at(2) } };
  const all = rows(11, 10, 9, 8, 7, 6, 5, 4);

  test('an unfinished read is finished before newer rows are read', async () => {
    const { read, asked, api, cursor } = open(pagesOf(all), state);
    expect(await read()).toEqual(['e5', 'e4', 'e11', 'e10', 'e9', 'e8']);
    expect(asked()).toEqual(['e6', 'e4', 'e5', undefined, 'e10', 'e8']);
    expect(api.requests[3]?.query['newer_than']).toBe('2018-08-31T12:07:59.000Z');
    expect(cursor.state()).toEqual({ version: 1, mark: at(11) });
  });

  test('an unfinished read takes its new high-water mark from the remaining rows if no earlier row had a usable date', async () => {
    const { read, cursor } = open(pagesOf(all), { version: 1, walk: { cursor: 'e6', before: 'e7' } });
    cursor.page([{ id: 'e5', created_at: at(5) }], () => undefined);
    expect(cursor.state().walk).toEqual({ cursor: 'e5', top: at(5), before: 'e6' });
    expect(await read()).toContain('e11');
  });

  test.each([400, 404, 410, 422])(
    'an unfinished read looks back one row if the API rejects its cursor with HTTP %i',
    async (status) => {
      const { read, printed } = open(pagesOf(all, { instead: { e6: refuses(status) } }), state);
      expect((await read()).slice(0, 3)).toEqual(['e5', 'e4', 'e11']);
      expect(printed.logged('WARN')).toEqual([]);
    },
  );

  test('an unfinished read looks back one row if the API rejects only this cursor with HTTP 401', async () => {
    const rejects = (): never => {
      throw refusal(401, 'events', true);
    };
    expect(await open(pagesOf(all, { instead: { e6: rejects } }), state).read()).toContain('e4');
  });

  test('an unfinished read starts over at the newest row if its last two rows no longer exist', async () => {
    const { read, printed } = open(pagesOf(all, { instead: { e6: EMPTY, e7: refuses(404) } }), state);
    await expect(read()).rejects.toMatchObject({ problem: 'list_not_paged' });
    expect(printed.rows.map(({ id }) => id)).toEqual(['e11', 'e10', 'e9', 'e8', 'e7', 'e6']);
    expect(printed.logged('WARN')).toEqual([
      'events: the API returned nothing new after the row e6 (HTTP 404), so the read starts over at the newest row and emits some records again',
    ]);
  });

  test('an unfinished read of an earlier release, which did not save the row above the cursor, starts with the first page', async () => {
    const { read, cursor } = open(pagesOf(all.slice(0, 4), { size: 3 }), {
      version: 1,
      walk: { top: at(8), cursor: 'e3' },
    });
    expect((await read()).slice(0, 4)).toEqual(['e11', 'e10', 'e9', 'e8']);
    expect(cursor.state().mark).toBe(at(11));
  });

  test.each([401, 403, 407, 408, 425, 429, 500, 503])(
    'an unfinished read fails on HTTP %i, which is not about its cursor',
    async (status) => {
      const { read, cursor } = open(pagesOf(all, { instead: { e6: refuses(status) } }), state);
      await expect(read()).rejects.toMatchObject({ status });
      expect(cursor.state()).toEqual(state);
    },
  );

  test('an unfinished read keeps its state if it is stopped while the API rejects the cursor', async () => {
    const opened = open(
      pagesOf(all, {
        instead: {
          e6: () => {
            opened.stop.abort('SIGTERM');
            throw refusal(404);
          },
        },
      }),
      state,
    );
    await expect(opened.read()).rejects.toBe('SIGTERM');
    expect(opened.cursor.state()).toEqual(state);
  });
});

describe('paging faults of the API', () => {
  const all = rows(9, 8, 7, 6, 5, 4);

  test.each([EMPTY, refuses(404)])(
    'no rows are lost if the API does not recognize one of the cursors',
    async (answer) => {
      const { read, asked, printed } = open(pagesOf(all, { instead: { e6: answer } }));
      expect(await read()).toEqual(['e9', 'e8', 'e7', 'e6', 'e5', 'e4']);
      expect(asked()).toEqual([undefined, 'e8', 'e6', 'e7', 'e5', 'e4', 'e5']);
      expect(printed.logged('WARN')).toEqual([]);
    },
  );

  test('the stream fails after starting over once if the API recognizes none of its cursors', async () => {
    const opened = open(pagesOf(all, { instead: { e8: EMPTY, e9: EMPTY } }));
    await expect(opened.read()).rejects.toMatchObject({ problem: 'list_not_paged', failureType: 'system_error' });
    expect(opened.asked()).toEqual([undefined, 'e8', 'e9', undefined, 'e8', 'e9']);
    expect(opened.cursor.state()).toEqual({ version: 1, walk: { top: at(9), cursor: 'e8', before: 'e9' } });
  });

  test.each([
    ['the same page again', rows(9, 8)],
    ['the first page, with a new row', rows(10, 9)],
  ])('the stream fails if the API ignores the cursor and returns %s', async (_, second) => {
    const { read, cursor } = open(({ cursor: id }) => listBody('events', id === undefined ? rows(9, 8) : second));
    await expect(read()).rejects.toMatchObject({ problem: 'list_not_paged', failureType: 'system_error' });
    expect(cursor.state()).toEqual({ version: 1, walk: { top: at(9), cursor: 'e8', before: 'e9' } });
  });

  test('the stream fails if the API omits the list after the first page', async () => {
    await expect(open(pagesOf(all, { instead: { e8: {} } })).read()).rejects.toMatchObject({
      problem: 'unexpected_body',
    });
  });

  test('pages with one row cause a warning if the list has no lower bound', async () => {
    const warning = 'events: every page had at most one row, so rows after the last page may be missing';
    const warnings = async (state: object, size: number): Promise<string[]> => {
      const { read, printed } = open(pagesOf(all, { size, inclusive: true }), state);
      await read();
      return printed.logged('WARN');
    };
    expect(await warnings({}, 1)).toEqual([warning]);
    expect(await warnings({}, 2)).toEqual([]);
    expect(await warnings({ version: 1, mark: at(9) }, 1)).toEqual([]);
  });
});
