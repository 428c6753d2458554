import { describe, expect, test } from 'vitest';
import { listBody, refuses } from '../../../test-support/unit/fake-api.ts';
import type { Partition } from '../../core/retrieval/partitions.ts';
import type { Api } from '../platform.ts';
import { type Deployments, deploymentList } from './deployment-list.ts';

const ROWS = [{ id: 'd2', name: 'two' }, { id: 'd1', name: 'one' }, { id: 'd3' }];

function open(
  chosen: string[],
  fetch: () => unknown,
): { list: () => Promise<Deployments>; warnings: string[]; fetched: string[] } {
  const warnings: string[] = [];
  const fetched: string[] = [];
  const get: Api['get'] = async ({ path }, owner) => {
    fetched.push(`${path} for ${owner}`);
    await Promise.resolve();
    return fetch();
  };
  const api: Api = {
    get,
    authorization: () => expect.fail('the list needs no credentials'),
    log: (_, sentence) => warnings.push(sentence),
  };
  const list = deploymentList(chosen, api);
  return { list, warnings, fetched };
}

const partition = (id: string): Partition => ({ id, label: `deployment ${id}`, fields: { deployment_id: id } });

test("all deployments are read, in the API's order, if deployment_ids is not set", async () => {
  const { list } = open([], () => listBody('deployments', ROWS));
  expect(await list()).toEqual({
    rows: ROWS,
    partitions: { chosen: ['d2', 'd1', 'd3'].map(partition), all: new Set(['d1', 'd2', 'd3']), isWhole: true },
  });
});

test('deployment_ids limits the rows and the selected partitions, but not the set of all partitions', async () => {
  const { list, warnings } = open(['d3', 'd2'], () => listBody('deployments', ROWS));
  expect(await list()).toEqual({
    rows: [ROWS[2], ROWS[0]],
    partitions: { chosen: ['d3', 'd2'].map(partition), all: new Set(['d1', 'd2', 'd3']), isWhole: false },
  });
  expect(warnings).toEqual([]);
});

test('the list is requested once for all streams', async () => {
  const { list, fetched } = open([], () => listBody('deployments', ROWS));
  const [one, other] = await Promise.all([list(), list()]);
  expect(other).toBe(one);
  expect(await list()).toBe(one);
  expect(fetched).toEqual(['deployments for deployments']);
});

test('all streams get the same error if the request fails', async () => {
  const { list, fetched } = open([], refuses(403, 'deployments'));
  const errors = await Promise.all([1, 2].map(() => list().catch((error: unknown) => error)));
  expect(errors[0]).toMatchObject({ problem: 'forbidden' });
  expect(errors[1]).toBe(errors[0]);
  await expect(list()).rejects.toBe(errors[0]);
  expect(fetched).toHaveLength(1);
});

test('unknown deployment_ids cause a warning, and the others are read', async () => {
  const { list, warnings } = open(['d9', 'd1', 'd8'], () => listBody('deployments', ROWS));
  expect((await list()).rows).toEqual([ROWS[1]]);
  expect(warnings).toEqual([
    'These deployment_ids were not found with this API token: d9, d8. Correct the option deployment_ids.',
  ]);
});

test('deployment_ids causes an error if none of the ids exist', async () => {
  const { list } = open(['d9', 'd8'], () => listBody('deployments', ROWS));
  await expect(list()).rejects.toMatchObject({
    problem: 'deployments_unknown',
    failureType: 'config_error',
    message: expect.stringContaining('d9, d8') as string,
  });
});

test('a missing list counts as empty and causes a warning', async () => {
  const { list, warnings } = open([], () => ({}));
  expect((await list()).rows).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('does not contain the list deployments')]);
});

describe('a row without a valid id', () => {
  test.each([null, 'd1', ['d1'], {}, { id: null }, { id: '' }, { id: 7 }, { id: ['d1'] }])(
    'causes an error that contains the number of the row: %j',
    async (row) => {
      const { list } = open([], () => listBody('deployments', [ROWS[0], row]));
      await expect(list()).rejects.toMatchObject({
        problem: 'unexpected_body',
        message: expect.stringContaining('row 2 has no valid id') as string,
      });
    },
  );
});

test('the set of all partitions is undefined if the response has no list of deployments', async () => {
  const { list } = open([], () => ({}));
  expect((await list()).partitions).toEqual({ chosen: [], all: undefined, isWhole: false });
});
