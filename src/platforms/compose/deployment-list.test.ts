import { describe, expect, test } from 'vitest';
import { createLog } from '../../airbyte/log.ts';
import { listBody, refuses } from '../../../test-support/unit/fake-api.ts';
import { Printout } from '../../../test-support/unit/output.ts';
import { deployments } from '../../../test-support/unit/reads.ts';
import { DeploymentList, missingSentence } from './deployment-list.ts';

const ROWS = [{ id: 'd2', name: 'two' }, { id: 'd1', name: 'one' }, { id: 'd3' }];

function open(chosen: string[], fetch: () => unknown): { list: DeploymentList; printed: Printout; fetched: string[] } {
  const printed = new Printout();
  const fetched: string[] = [];
  const list = new DeploymentList(deployments, chosen, createLog(printed.writer, 'info'), async (path) => {
    fetched.push(path);
    await Promise.resolve();
    return fetch();
  });
  return { list, printed, fetched };
}

test('without a choice all deployments are there, in the order of the API', async () => {
  const { list } = open([], () => listBody('deployments', ROWS));
  expect(await list.load()).toEqual({ rows: ROWS, ids: ['d2', 'd1', 'd3'], all: new Set(['d1', 'd2', 'd3']) });
});

test('a choice limits rows and slices, but not what is known to be there', async () => {
  const { list, printed } = open(['d3', 'd2'], () => listBody('deployments', ROWS));
  expect(await list.load()).toEqual({ rows: [ROWS[2], ROWS[0]], ids: ['d3', 'd2'], all: new Set(['d1', 'd2', 'd3']) });
  expect(printed.messages).toEqual([]);
});

test('it is fetched once, however many need it', async () => {
  const { list, fetched } = open([], () => listBody('deployments', ROWS));
  const [one, other] = await Promise.all([list.load(), list.load()]);
  expect(other).toBe(one);
  expect(await list.load()).toBe(one);
  expect(fetched).toEqual(['deployments']);
});

test('everyone gets the same failure, and nobody tries again', async () => {
  const { list, fetched } = open([], refuses(403, 'deployments'));
  const errors = await Promise.all([1, 2].map(() => list.load().catch((error: unknown) => error)));
  expect(errors[0]).toMatchObject({ problem: 'forbidden' });
  expect(errors[1]).toBe(errors[0]);
  await expect(list.load()).rejects.toBe(errors[0]);
  expect(fetched).toHaveLength(1);
});

test('ids that do not exist are warned about, and the others are read', async () => {
  const { list, printed } = open(['d9', 'd1', 'd8'], () => listBody('deployments', ROWS));
  expect((await list.load()).ids).toEqual(['d1']);
  expect(printed.logged('WARN')).toEqual([
    'These deployment ids do not exist for this API token: d9, d8. Correct deployment_ids.',
  ]);
});

test('if none of the ids exists, that is for the user to correct', async () => {
  const { list } = open(['d9', 'd8'], () => listBody('deployments', ROWS));
  await expect(list.load()).rejects.toMatchObject({
    problem: 'deployments_unknown',
    failureType: 'config_error',
    message: expect.stringContaining('d9, d8') as string,
  });
});

test('an account without deployments has none, which is no failure', async () => {
  const { list } = open([], () => listBody('deployments', []));
  expect(await list.load()).toEqual({ rows: [], ids: [], all: new Set() });
});

test('an id that comes as a number is taken as text, as everywhere', async () => {
  expect((await open(['7'], () => listBody('deployments', [{ id: 7 }])).list.load()).ids).toEqual(['7']);
});

test('a list that is missing is empty, and warned about', async () => {
  const { list, printed } = open([], () => ({}));
  expect((await list.load()).ids).toEqual([]);
  expect(printed.logged('WARN')).toEqual([expect.stringContaining('without its list deployments')]);
});

describe('a row that is no deployment makes the list unusable, and is named', () => {
  test.each([null, 'd1', ['d1'], {}, { id: null }, { id: '' }, { id: ['d1'] }])('%j', async (row) => {
    const { list } = open([], () => listBody('deployments', [ROWS[0], row]));
    await expect(list.load()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringContaining('row 2 has no id') as string,
    });
  });
});

test('one missing id is told in the singular', () => {
  expect(missingSentence(['d9'])).toBe(
    'This deployment id does not exist for this API token: d9. Correct deployment_ids.',
  );
});
