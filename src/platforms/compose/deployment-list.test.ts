import { describe, expect, test } from 'vitest';
import { listBody, refuses } from '../../../test-support/unit/fake-api.ts';
import type { Partition } from '../../core/retrieval/partitions.ts';
import type { Api } from '../platform.ts';
import { DeploymentList, eachDeployment } from './deployment-list.ts';

const ROWS = [{ id: 'd2', name: 'two' }, { id: 'd1', name: 'one' }, { id: 'd3' }];

function open(chosen: string[], fetch: () => unknown): { list: DeploymentList; warnings: string[]; fetched: string[] } {
  const warnings: string[] = [];
  const fetched: string[] = [];
  const get: Api['get'] = async ({ path }, owner) => {
    fetched.push(`${path} for ${owner}`);
    await Promise.resolve();
    return fetch();
  };
  const api: Api = {
    get,
    authorization: () => expect.fail('nothing is to be told of who asks'),
    log: (_, sentence) => warnings.push(sentence),
  };
  const list = new DeploymentList(chosen, api);
  return { list, warnings, fetched };
}

test('without a choice all deployments are there, in the order of the API', async () => {
  const { list } = open([], () => listBody('deployments', ROWS));
  expect(await list.load()).toEqual({
    rows: ROWS,
    ids: ['d2', 'd1', 'd3'],
    all: new Set(['d1', 'd2', 'd3']),
    isWhole: true,
  });
});

test('a choice limits rows and partitions, but not what is known to be there', async () => {
  const { list, warnings } = open(['d3', 'd2'], () => listBody('deployments', ROWS));
  expect(await list.load()).toEqual({
    rows: [ROWS[2], ROWS[0]],
    ids: ['d3', 'd2'],
    all: new Set(['d1', 'd2', 'd3']),
    isWhole: false,
  });
  expect(warnings).toEqual([]);
});

test('it is fetched once, however many need it', async () => {
  const { list, fetched } = open([], () => listBody('deployments', ROWS));
  const [one, other] = await Promise.all([list.load(), list.load()]);
  expect(other).toBe(one);
  expect(await list.load()).toBe(one);
  expect(fetched).toEqual(['deployments for deployments']);
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
  const { list, warnings } = open(['d9', 'd1', 'd8'], () => listBody('deployments', ROWS));
  expect((await list.load()).ids).toEqual(['d1']);
  expect(warnings).toEqual(['These deployment_ids do not exist for this API token: d9, d8. Correct deployment_ids.']);
});

test('if none of the ids exists, that is for the user to correct', async () => {
  const { list } = open(['d9', 'd8'], () => listBody('deployments', ROWS));
  await expect(list.load()).rejects.toMatchObject({
    problem: 'deployments_unknown',
    failureType: 'config_error',
    message: expect.stringContaining('d9, d8') as string,
  });
});

test('an id that comes as a number is taken as text, as everywhere', async () => {
  expect((await open(['7'], () => listBody('deployments', [{ id: 7 }])).list.load()).ids).toEqual(['7']);
});

test('a list that is missing is empty, and warned about', async () => {
  const { list, warnings } = open([], () => ({}));
  expect((await list.load()).ids).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('has no list deployments')]);
});

describe('a row that is no deployment makes the list unusable, and is named', () => {
  test.each([null, 'd1', ['d1'], {}, { id: null }, { id: '' }, { id: ['d1'] }])('%j', async (row) => {
    const { list } = open([], () => listBody('deployments', [ROWS[0], row]));
    await expect(list.load()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringContaining('row 2 has no valid id') as string,
    });
  });
});

test('each chosen deployment is a partition, which says what its rows get', async () => {
  const { list } = open(['d3', 'd2'], () => listBody('deployments', ROWS));
  const partition = (id: string): Partition => ({ id, label: `deployment ${id}`, fields: { deployment_id: id } });
  expect(await eachDeployment({ deployments: list })).toEqual({
    chosen: [partition('d3'), partition('d2')],
    all: new Set(['d1', 'd2', 'd3']),
    isWhole: false,
  });
});

test('where the list is missing, it is not known which deployments there are', async () => {
  const { list } = open([], () => ({}));
  const shared = { deployments: list, pageSize: 10, includeConnectionStrings: false };
  expect(await eachDeployment(shared)).toEqual({ chosen: [], all: undefined, isWhole: false });
});

test('a number beyond 2^53, or invalid Unicode, is not a valid id', async () => {
  for (const id of [2 ** 53, '\ud800']) {
    const { list } = open([], () => listBody('deployments', [{ id }]));
    await expect(list.load()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringContaining('row 1 has no valid id') as string,
    });
  }
});
