import { describe, expect, test } from 'vitest';
import { type Answers, listBody, refuses } from '../../../../test-support/unit/fake-api.ts';
import {
  type RunOptions,
  type TestRun,
  openRead,
  openRun,
  recipes,
  tasks,
} from '../../../../test-support/unit/reads.ts';
import type { OpenStream } from '../open-stream.ts';
import type { PartitionCursor } from './cursor.ts';
import type { Row } from '../../record/row.ts';

/** The time `minute` minutes after noon on August 31. */
const at = (minute: number): string => new Date(Date.UTC(2018, 7, 31, 12, minute)).toISOString();
const row = (minute: number): unknown => ({ id: `r${minute}`, updated_at: at(minute) });

/** The API's responses. `reports` contains each deployment's recipes, or the response to the request for its recipes. */
function api(reports: Record<string, unknown>): Answers {
  const answers: Answers = {
    deployments: listBody(
      'deployments',
      Object.keys(reports).map((id) => ({ id })),
    ),
  };
  for (const [id, report] of Object.entries(reports)) {
    answers[`deployments/${id}/recipes`] = Array.isArray(report) ? listBody('recipes', report) : report;
  }
  return answers;
}

type Opened = TestRun & { stream: OpenStream; read: () => Promise<unknown[]>; marks: () => unknown };

function open(reports: Record<string, unknown>, marks: Record<string, string> = {}, options: RunOptions = {}): Opened {
  const testRun = openRun({ workers: 1, ...options, answers: api(reports) });
  const stream = openRead<PartitionCursor>(testRun, recipes, { version: 1, marks });
  const read = async (): Promise<unknown[]> => {
    await stream.toEnd();
    return testRun.printed.rows.map(({ id }) => id);
  };
  return { ...testRun, stream, read, marks: () => stream.cursor.state().marks };
}

test('only rows within the lookback window are emitted, including a row at its boundary', async () => {
  const { read, marks } = open({ d1: [row(9), row(8), row(7), { id: 'x' }], d2: [row(1)] }, { d1: at(9) });
  expect(await read()).toEqual(['r9', 'r8', 'x', 'r1']);
  expect(marks()).toEqual({ d1: at(9), d2: at(1) });
});

test('rows before start_date are omitted and counted, and do not set a high-water mark', async () => {
  const { read, marks, stream } = open({ d1: [row(1), row(2)], d2: [row(8)] }, {}, { startDate: at(5) });
  expect(await read()).toEqual(['r8']);
  expect(marks()).toEqual({ d2: at(8) });
  expect(stream.reader.beforeStartDate).toBe(2);
});

test('a skipped deployment keeps its high-water mark', async () => {
  const { read, marks } = open({ d1: refuses(404), d2: [row(9)] }, { d1: at(1), d2: at(2) });
  await read();
  expect(marks()).toEqual({ d1: at(1), d2: at(9) });
});

test('one invalid row prevents all rows of its deployment from being emitted', async () => {
  const { read, marks, printed } = open({ d1: [row(2), null] }, { d1: at(1) });
  await expect(read()).rejects.toMatchObject({ problem: 'unexpected_body' });
  expect([printed.rows, marks()]).toEqual([[], { d1: at(1) }]);
});

test('a deployment loses its high-water mark only if it no longer exists, not if it is not chosen', async () => {
  const { read, marks } = open({ d1: [row(9)], d2: [row(9)] }, { d1: at(1), d2: at(1), d3: at(1) }, { chosen: ['d1'] });
  await read();
  expect(marks()).toEqual({ d1: at(9), d2: at(1) });
});

test('the lookback window is at least a second, because the API truncates some times to whole seconds', () => {
  const options = { lookbackMs: 0 };
  const { cursor } = openRead<PartitionCursor>(openRun(), recipes, { version: 1, marks: { d1: at(1) } }, options);
  expect(cursor.begin('d1')).toBe('2018-08-31T12:00:59.000Z');
});

describe('an unfinished row', () => {
  const rowAt = (minute: number, status: string): unknown => ({ id: `r${minute}`, updated_at: at(minute), status });
  const undated = { id: 'x', updated_at: null, status: 'running' };

  test.each<[string, rows: unknown[], mark: string | undefined, options: RunOptions, ids: string[], after: string]>([
    [
      'holds the high-water mark back',
      [rowAt(1, 'done'), rowAt(3, 'running'), rowAt(5, 'done')],
      undefined,
      {},
      ['r1', 'r3', 'r5'],
      at(3),
    ],
    [
      'is emitted again together with all later rows',
      [rowAt(3, 'running'), rowAt(5, 'done')],
      at(3),
      {},
      ['r3', 'r5'],
      at(3),
    ],
    [
      'no longer holds the mark back once it is finished',
      [rowAt(3, 'done'), rowAt(5, 'done')],
      at(3),
      {},
      ['r3', 'r5'],
      at(5),
    ],
    [
      'is emitted however old it is, and moves the mark back',
      [rowAt(1, 'running'), rowAt(5, 'done')],
      at(9),
      {},
      ['r1'],
      at(1),
    ],
    ['no longer holds the mark back once the API has deleted it', [rowAt(5, 'done')], at(3), {}, ['r5'], at(5)],
    ['without a date does not hold the mark back', [undated, rowAt(5, 'done')], at(4), {}, ['x', 'r5'], at(5)],
    [
      'dated after the start of the sync does not hold the mark back',
      [rowAt(5, 'done'), rowAt(20, 'running')],
      at(4),
      { startedAt: at(10) },
      ['r5', 'r20'],
      at(5),
    ],
    [
      'dated before start_date is skipped and does not hold the mark back',
      [rowAt(1, 'running'), rowAt(5, 'done')],
      undefined,
      { startDate: at(3) },
      ['r5'],
      at(5),
    ],
  ])('an unfinished row %s', async (_, rows, mark, options, ids, after) => {
    const testRun = openRun({ ...options, answers: api({ d1: rows }) });
    const state = { version: 1, marks: mark === undefined ? {} : { d1: mark } };
    const stream = openRead<PartitionCursor>(testRun, tasks, state);
    await stream.toEnd();
    expect(testRun.printed.rows.map(({ id }) => id)).toEqual(ids);
    expect(stream.cursor.state().marks).toEqual({ d1: after });
  });
});

describe('a row that was emitted unfinished', () => {
  const job = (status: string, updated_at: string | null): unknown => ({ id: 'j', status, updated_at });
  const read = async (reports: Record<string, unknown>, state: object, options: RunOptions = {}) => {
    const testRun = openRun({ workers: 1, ...options, answers: api(reports) });
    const stream = openRead<PartitionCursor>(testRun, tasks, state);
    await stream.toEnd();
    return { rows: testRun.printed.rows.map(({ id, status }) => [id, status]), state: stream.cursor.state() };
  };
  const begun = { version: 1, marks: { d1: at(9), d2: at(9) }, pending: ['j'] };

  test('an undated row is emitted again when it finishes, however old its new date is', async () => {
    const first = await read({ d1: [job('running', null), { ...(row(9) as Row), status: 'done' }], d2: [] }, {});
    expect(first.state).toEqual({ version: 1, marks: { d1: at(9) }, pending: ['j'] });
    const second = await read({ d1: [job('done', at(1))], d2: [] }, first.state);
    expect(second).toEqual({ rows: [['j', 'done']], state: { version: 1, marks: { d1: at(9) } } });
    expect((await read({ d1: [job('done', at(1))], d2: [] }, second.state)).rows).toEqual([]);
  });

  test('a pending row is emitted even if it has moved to another deployment or is older than start_date', async () => {
    expect((await read({ d1: [], d2: [job('done', at(1))] }, begun)).rows).toEqual([['j', 'done']]);
    const { rows } = await read({ d1: [], d2: [job('done', at(1))] }, begun, { startDate: at(5) });
    expect(rows).toEqual([['j', 'done']]);
  });

  test('a row that the API no longer returns stays pending until all partitions have been read completely', async () => {
    const kept = { state: { pending: ['j'] } };
    expect(await read({ d1: refuses(403), d2: [] }, begun)).toMatchObject(kept);
    expect(await read({ d1: [], d2: [] }, begun, { chosen: ['d1'] })).toMatchObject(kept);
    expect(await read({ d1: {}, d2: [] }, begun)).toMatchObject(kept);
    expect((await read({ d1: [], d2: [] }, begun)).state).toEqual({ version: 1, marks: { d1: at(9), d2: at(9) } });
  });
});
