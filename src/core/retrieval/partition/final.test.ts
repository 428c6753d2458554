import { describe, expect, test } from 'vitest';
import { type Answers, listBody } from '../../../../test-support/unit/fake-api.ts';
import { openRead, openRun, tasks } from '../../../../test-support/unit/reads.ts';
import type { PartitionCursor } from './cursor.ts';

/** A time on 31 August, `minute` minutes after noon. */
const at = (minute: number): string => new Date(Date.UTC(2018, 7, 31, 12, minute)).toISOString();

describe('a row that may still change', () => {
  const rowAt = (minute: number, status: string): unknown => ({ id: `r${minute}`, updated_at: at(minute), status });

  /** What a read of one deployment brings, and the mark that it leaves. */
  async function read(rows: unknown[], mark?: string, options: object = {}): Promise<[ids: unknown[], mark: unknown]> {
    const answers: Answers = {
      deployments: listBody('deployments', [{ id: 'd1' }]),
      'deployments/d1/recipes': listBody('recipes', rows),
    };
    const testRun = openRun({ answers, ...options });
    const marks = mark === undefined ? {} : { d1: mark };
    const stream = openRead<PartitionCursor>(testRun, tasks, { version: 1, marks });
    await stream.toEnd();
    return [testRun.printed.rows.map(({ id }) => id), stream.cursor.state().marks['d1']];
  }

  test('holds the mark at its own time, so that it comes again, with all that follows', async () => {
    const rows = [rowAt(1, 'done'), rowAt(3, 'running'), rowAt(5, 'done'), rowAt(7, 'queued')];
    expect(await read(rows)).toEqual([['r1', 'r3', 'r5', 'r7'], at(3)]);
    expect(await read(rows, at(3))).toEqual([['r3', 'r5', 'r7'], at(3)]);
  });

  test('lets go of the mark when it is done', async () => {
    const rows = [rowAt(1, 'done'), rowAt(3, 'done'), rowAt(5, 'done'), rowAt(7, 'queued')];
    expect(await read(rows, at(3))).toEqual([['r3', 'r5', 'r7'], at(7)]);
  });

  test('comes however old it is, and takes the mark back with it', async () => {
    expect(await read([rowAt(1, 'running'), rowAt(5, 'done')], at(9))).toEqual([['r1'], at(1)]);
  });

  test('lets go of the mark when the API has forgotten it', async () => {
    expect(await read([rowAt(5, 'done'), rowAt(6, 'done')], at(3))).toEqual([['r5', 'r6'], at(6)]);
    expect(await read([], at(3))).toEqual([[], at(3)]);
  });

  test('holds nothing without a date, but comes each time', async () => {
    const undated = { id: 'x', updated_at: null, status: 'running' };
    expect(await read([undated, rowAt(5, 'done')], at(4))).toEqual([['x', 'r5'], at(5)]);
  });

  test('comes again when it gets its date, however old that is', async () => {
    const read = async (rows: unknown[], state: object): Promise<[ids: unknown[], state: object]> => {
      const answers: Answers = {
        deployments: listBody('deployments', [{ id: 'd1' }]),
        'deployments/d1/recipes': listBody('recipes', rows),
      };
      const testRun = openRun({ answers });
      const stream = openRead<PartitionCursor>(testRun, tasks, state);
      await stream.toEnd();
      return [testRun.printed.rows.map(({ id }) => id), stream.cursor.state()];
    };
    const undated = { id: 'r1', updated_at: null, status: 'done' };
    const [, first] = await read([undated, rowAt(5, 'done')], {});
    const [ids, second] = await read([rowAt(1, 'done'), rowAt(5, 'done')], first);
    expect(ids).toEqual(['r1', 'r5']);
    expect((await read([rowAt(1, 'done'), rowAt(5, 'done')], second))[0]).toEqual(['r5']);
  });

  test('dated after the start of the run holds nothing, for no mark comes so far', async () => {
    const rows = [rowAt(5, 'done'), rowAt(20, 'running'), rowAt(25, 'done')];
    expect(await read(rows, at(4), { startedAt: at(10) })).toEqual([['r5', 'r20', 'r25'], at(5)]);
  });

  test('from before start_date is left out, and holds nothing', async () => {
    expect(await read([rowAt(1, 'running'), rowAt(5, 'done')], undefined, { startDate: at(3) })).toEqual([
      ['r5'],
      at(5),
    ]);
  });

  test('holds the mark of its own deployment alone', async () => {
    const answers: Answers = {
      deployments: listBody('deployments', [{ id: 'd1' }, { id: 'd2' }]),
      'deployments/d1/recipes': listBody('recipes', [rowAt(1, 'running'), rowAt(5, 'done')]),
      'deployments/d2/recipes': listBody('recipes', [rowAt(2, 'done'), rowAt(6, 'done')]),
    };
    const stream = openRead<PartitionCursor>(openRun({ answers }), tasks);
    await stream.toEnd();
    expect(stream.cursor.state().marks).toEqual({ d1: at(1), d2: at(6) });
  });
});
