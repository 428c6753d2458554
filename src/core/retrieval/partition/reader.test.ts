import { describe, expect, test } from 'vitest';
import { type Answers, listBody, refuses } from '../../../../test-support/unit/fake-api.ts';
import {
  type RunOptions,
  type TestRun,
  addons,
  backups,
  openRead,
  openRun,
} from '../../../../test-support/unit/reads.ts';
import type { ComposeShared } from '../../../platforms/compose/stream.ts';
import type { OpenStream } from '../open-stream.ts';
import type { Stream } from '../../stream/stream.ts';

type Given = RunOptions & { definition?: Stream<ComposeShared> };

const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `d${i + 1}`);

/** The API's responses for the deployments d1, d2, …. Each deployment has one row. */
function answersFor(count: number, name: string, others: Record<string, unknown> = {}): Answers {
  const answers: Answers = {
    deployments: listBody(
      'deployments',
      ids(count).map((id) => ({ id })),
    ),
  };
  for (const id of ids(count)) {
    answers[`deployments/${id}/${name}`] = others[id] ?? listBody(name, [{ id: `row of ${id}` }]);
  }
  return answers;
}

function open({
  definition = backups,
  ...options
}: Given): TestRun & { stream: OpenStream; done: () => Promise<void> } {
  const testRun = openRun({ workers: 1, ...options });
  const stream = openRead(testRun, definition);
  return { ...testRun, stream, done: stream.toEnd };
}

test('every deployment is requested separately, and its rows contain its id', async () => {
  const { printed, api, stream, done } = open({ answers: answersFor(2, 'backups') });
  await done();
  expect(api.paths).toEqual(['deployments', 'deployments/d1/backups', 'deployments/d2/backups']);
  expect(printed.rows).toMatchObject([
    { id: 'row of d1', deployment_id: 'd1' },
    { id: 'row of d2', deployment_id: 'd2' },
  ]);
  expect(stream.reader.requests).toBe(2);
});

test('a stream without deployments has no records and does not fail', async () => {
  const { printed, done } = open({ answers: answersFor(0, 'backups') });
  await done();
  expect(printed.messages).toEqual([]);
});

describe('a stream that the API rejects for some deployments', () => {
  test.each([403, 404])(
    'a deployment rejected with HTTP %i is skipped with a warning that names the deployment and the status',
    async (status) => {
      const { printed, stream, done } = open({ answers: answersFor(3, 'backups', { d2: refuses(status) }) });
      await done();
      expect(printed.rows.map(({ id }) => id)).toEqual(['row of d1', 'row of d3']);
      expect(printed.logged('WARN')).toEqual([
        `backups: the API rejected this stream's requests for deployment d2 (HTTP ${status}), so this deployment is skipped. Destinations that overwrite tables lose its earlier records. To make the stream fail instead, turn on fail_on_refused_deployments`,
      ]);
      expect(stream.reader.skipped).toBe('1 deployment');
    },
  );

  test.each([403, 404])(
    'a deployment rejected with HTTP %i causes the stream to fail at the end if fail_on_refused_deployments is on',
    async (status) => {
      const answers = answersFor(3, 'backups', { d1: refuses(status) });
      const { printed, done } = open({ answers, failOnRefusedDeployments: true });
      await expect(done()).rejects.toMatchObject({
        problem: 'partitions_rejected',
        message: expect.stringContaining(
          `for deployment d1 (HTTP ${status}), and fail_on_refused_deployments is on. G`,
        ),
      });
      expect(printed.rows.map(({ id }) => id)).toEqual(['row of d2', 'row of d3']);
    },
  );

  test('the error reports a missing role rather than missing data', async () => {
    const answers = answersFor(4, 'backups', { d1: refuses(404), d2: refuses(403), d3: refuses(403) });
    await expect(open({ answers, failOnRefusedDeployments: true }).done()).rejects.toMatchObject({
      problem: 'partitions_rejected',
      message: expect.stringContaining('for deployment d2 and 2 other deployments (HTTP 403)') as string,
    });
  });

  test('the error reports an outage rather than a rejection', async () => {
    const answers = answersFor(3, 'backups', { d1: refuses(403), d2: refuses(503) });
    const { done } = open({ answers, failOnRefusedDeployments: true });
    await expect(done()).rejects.toMatchObject({ problem: 'server_error' });
  });
});

describe('a stream that the API rejects for all deployments', () => {
  test('the error reports a missing role if that is one of the reasons', async () => {
    const others = { d1: refuses(404), d2: refuses(403) };
    const { done } = open({ answers: answersFor(2, 'backups', others) });
    await expect(done()).rejects.toMatchObject({ problem: 'forbidden', status: 403 });
  });

  test('even an optional stream fails if one of the reasons is a missing role', async () => {
    const others = { d1: refuses(404), d2: refuses(403) };
    const { done } = open({ definition: addons, answers: answersFor(2, 'addons', others) });
    await expect(done()).rejects.toMatchObject({ problem: 'forbidden' });
  });
});

describe('a failing deployment', () => {
  test('a failing deployment causes the stream to fail after the other deployments have been read', async () => {
    const others = { d2: refuses(503, 'deployments/d2/backups'), d3: refuses(404) };
    const { printed, done } = open({ answers: answersFor(4, 'backups', others) });
    await expect(done()).rejects.toMatchObject({ problem: 'server_error' });
    expect(printed.rows.map(({ id }) => id)).toEqual(['row of d1', 'row of d4']);
    expect(printed.logged('ERROR')).toEqual([expect.stringContaining('backups: deployment d2 could not be read')]);
  });

  test('a deployment with an invalid row is logged with the path and the row', async () => {
    const others = { d1: listBody('backups', [{ id: 'a' }, null]) };
    const { printed, done } = open({ answers: answersFor(2, 'backups', others) });
    await expect(done()).rejects.toMatchObject({ problem: 'unexpected_body' });
    expect(printed.logged('ERROR')[0]).toMatch(/deployments\/d1\/backups.* row 2 of 2 is not an object/);
    expect(printed.rows.map(({ id }) => id)).toEqual(['row of d2']);
  });

  test('permanent failures do not count as an outage, so all other deployments are read', async () => {
    const others = Object.fromEntries(ids(12).flatMap((id, i) => (i < 8 ? [[id, refuses(418)]] : [])));
    const { printed, api, done } = open({ answers: answersFor(12, 'backups', others) });
    await expect(done()).rejects.toMatchObject({ problem: 'unexpected_status' });
    expect(api.paths).toHaveLength(1 + 12);
    expect(printed.rows).toHaveLength(4);
  });

  test('occasional failures do not count as an outage', async () => {
    const others = Object.fromEntries(ids(20).flatMap((id, i) => (i % 5 === 0 ? [] : [[id, refuses(503)]])));
    const { printed, api, done } = open({ answers: answersFor(20, 'backups', others) });
    await expect(done()).rejects.toMatchObject({ problem: 'server_error' });
    expect(api.paths).toHaveLength(1 + 20);
    expect(printed.rows).toHaveLength(4);
  });
});

test('a bug ends the read instead of counting as a failure of one deployment', async () => {
  const bug = (): never => {
    throw new TypeError('x is not a function');
  };
  const { api, done } = open({ answers: answersFor(9, 'backups', { d2: bug }) });
  await expect(done()).rejects.toThrow(TypeError);
  expect(api.paths.at(-1)).toBe('deployments/d2/backups');
});

test('stopping the sync ends the read without a log line about deployments', async () => {
  const testRun = open({ answers: {} });
  Object.assign(
    testRun.api.answers,
    answersFor(9, 'backups', {
      d2: () => {
        testRun.stop.abort('SIGTERM');
        refuses(404)();
      },
    }),
  );
  await expect(testRun.done()).rejects.toBe('SIGTERM');
  expect(testRun.printed.rows).toHaveLength(1);
  expect([...testRun.printed.logged('WARN'), ...testRun.printed.logged('ERROR')]).toEqual([]);
});
