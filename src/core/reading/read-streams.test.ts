import { describe, expect, test } from 'vitest';
import { type Answers, listBody, refusal, refuses } from '../../../test-support/unit/fake-api.ts';
import {
  type RunOptions,
  type TestRun,
  backups,
  deployments,
  events,
  openRead,
  openRun,
  parts,
  recipes,
} from '../../../test-support/unit/reads.ts';
import type { ComposeShared } from '../../platforms/compose/stream.ts';
import type { StreamEnd } from '../output/output.ts';
import { readStreams } from './read-streams.ts';
import type { Stream } from '../stream/stream.ts';

const ANSWERS: Answers = {
  parts: listBody('parts', [{ id: 'p1' }, { id: 'p2' }]),
  events: () => listBody('events', []),
  deployments: listBody('deployments', [{ id: 'd1' }, { id: 'd2' }]),
  'deployments/d1/backups': listBody('backups', [{ id: 'b1' }]),
  'deployments/d2/backups': listBody('backups', [{ id: 'b2', created_at: '2018-08-01T00:00:00Z' }]),
  'deployments/d1/recipes': listBody('recipes', [{ id: 'r1', updated_at: '2018-08-01T00:00:00Z' }]),
  'deployments/d2/recipes': listBody('recipes', []),
};

interface Result extends TestRun {
  ends: StreamEnd[];
  /** The statuses and states of one stream, in order. */
  story: (name: string) => string[];
}

async function readAll(
  definitions: Array<Stream<ComposeShared>>,
  answers: Answers = {},
  options: RunOptions = {},
): Promise<Result> {
  const testRun = openRun({ ...options, answers: { ...ANSWERS, ...answers } });
  const reads = definitions.map((definition) => openRead(testRun, definition));
  return resultOf(testRun, await readStreams(reads));
}

function resultOf(testRun: TestRun, ends: StreamEnd[]): Result {
  const story = (name: string): string[] =>
    testRun.printed.messages.flatMap(({ type, record, state, trace }) => {
      const stream = record?.stream ?? (state?.stream ?? trace?.stream_status)?.stream_descriptor.name;
      return stream === name ? [trace?.stream_status?.status ?? type] : [];
    });
  return { ...testRun, ends, story };
}

test('streams of every kind emit their records before their last state and end as COMPLETE', async () => {
  const { ends, story } = await readAll([parts, deployments, backups, recipes, events]);
  expect(ends.map(({ end }) => end)).toEqual(Array.from({ length: 5 }, () => 'complete'));
  for (const { name } of [parts, deployments, backups]) {
    expect(story(name)).toEqual(['STARTED', 'RUNNING', 'RECORD', 'RECORD', 'STATE', 'COMPLETE']);
  }
  expect(story('recipes')).toEqual(['STARTED', 'RUNNING', 'RECORD', 'STATE', 'COMPLETE']);
  expect(story('events')).toEqual(['STARTED', 'RUNNING', 'STATE', 'COMPLETE']);
});

test('each finished stream logs one line about its records and omissions', async () => {
  const refused = { 'deployments/d1/backups': refuses(403) };
  const { printed } = await readAll([parts, backups], refused, { startDate: '2018-08-02T00:00:00.000Z' });
  expect(printed.logged('INFO')).toEqual([
    expect.stringMatching(/^parts: 2 records in \d+\.\d s with 1 request$/),
    expect.stringMatching(
      /^backups: 0 records in \d+\.\d s with 1 request; 1 before start_date 2018-08-02T00:00:00.000Z omitted; 1 deployment skipped$/,
    ),
  ]);
});

describe('a failed stream', () => {
  test('a failed stream becomes INCOMPLETE at once, keeps its error, and does not stop other streams', async () => {
    const { ends, story, printed } = await readAll([parts, backups], { parts: refuses(403, 'parts') });
    expect(ends).toEqual([
      { name: 'parts', end: 'failed', error: expect.objectContaining({ problem: 'forbidden' }) as Error },
      { name: 'backups', end: 'complete' },
    ]);
    expect(story('parts')).toEqual(['STARTED', 'INCOMPLETE']);
    expect(printed.logged('ERROR')).toEqual([
      expect.stringMatching(/^parts: The API token is not authorized to read parts/),
    ]);
  });

  test('a failed stream saves its state if it can be resumed', async () => {
    const page = listBody('events', [{ id: 'e1', created_at: '2018-08-01T00:00:00Z' }]);
    const { story, printed } = await readAll([events], {
      events: ({ cursor }: { cursor?: string }) => (cursor === undefined ? page : refuses(503)()),
    });
    expect(story('events')).toEqual(['STARTED', 'RUNNING', 'RECORD', 'STATE', 'INCOMPLETE']);
    expect(printed.states).toEqual([{ version: 1, walk: { cursor: 'e1', top: '2018-08-01T00:00:00.000Z' } }]);
  });

  test('streams that need the list of a failed stream also fail', async () => {
    const { ends } = await readAll([deployments, backups, recipes, parts], { deployments: refuses(403) });
    expect(ends.map(({ end }) => end)).toEqual(['failed', 'failed', 'failed', 'complete']);
  });

  test('a bug in a stream is logged with its stack trace', async () => {
    const bug = (): never => {
      throw new TypeError('x is not a function');
    };
    const { ends, printed } = await readAll([parts], { parts: bug });
    expect(ends).toMatchObject([{ end: 'failed', error: { problem: 'unexpected', failureType: 'system_error' } }]);
    const fatal = printed.messages.find(({ log }) => log?.level === 'FATAL');
    expect(fatal?.log).toMatchObject({
      message: 'parts: TypeError: x is not a function',
      stack_trace: expect.stringContaining('TypeError') as string,
    });
  });
});

test('when the sync is stopped, unfinished streams save their states and end as INCOMPLETE without failing', async () => {
  const testRun = openRun({ answers: { ...ANSWERS } });
  testRun.api.answers['deployments/d1/recipes'] = () => {
    testRun.stop.abort('SIGTERM');
    throw refusal(401);
  };
  const reads = [parts, recipes, events].map((definition) => openRead(testRun, definition));
  const { ends, story, printed } = resultOf(testRun, await readStreams(reads));
  expect(ends).toContainEqual({ name: 'recipes', end: 'stopped' });
  expect(story('recipes')).toEqual(['STARTED', 'STATE', 'INCOMPLETE']);
  expect(story('parts').at(-1)).toBe('COMPLETE');
  expect(printed.logged('ERROR')).toEqual([]);
});

test('streams share their permits, so there are never more requests in flight than workers', async () => {
  let underWay = 0;
  let most = 0;
  const slow = (body: unknown) => async (): Promise<unknown> => {
    most = Math.max(most, ++underWay);
    await new Promise(setImmediate);
    underWay -= 1;
    return body;
  };
  const many = Array.from({ length: 30 }, (_, i) => `d${i}`);
  const answers: Answers = {
    deployments: listBody(
      'deployments',
      many.map((id) => ({ id })),
    ),
    parts: slow(ANSWERS['parts']),
  };
  for (const id of many) {
    answers[`deployments/${id}/backups`] = slow(listBody('backups', []));
    answers[`deployments/${id}/recipes`] = slow(listBody('recipes', []));
  }
  const { ends } = await readAll([backups, recipes, parts], answers, { workers: 3 });
  expect(ends.every(({ end }) => end === 'complete')).toBe(true);
  expect(most).toBe(3);
});
