import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import type { Row } from '../../../core/record/row.ts';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, AUTHORIZATION } from '../../../../test-support/unit/instances.ts';
import type { Api } from '../../platform.ts';
import { ibmCloudConfig } from '../config.ts';
import { Accounts } from '../account/accounts.ts';
import { terms } from '../terms.ts';
import { billables } from './billables.ts';

const [GROUP, OTHER] = ['b'.repeat(32), 'c'.repeat(32)] as const;
const crnOf = (n: number): string =>
  `crn:v1:bluemix:public:databases-for-postgresql:us-south:a/${ACCOUNT}:a0000000-0000-4000-8000-00000000000${n}::`;

const usage = (n: number, more: Row = {}): Row => ({
  resource_instance_id: crnOf(n),
  plan_id: 'databases-for-postgresql-standard',
  usage: [{ metric: 'DISK', cost: n }],
  ...more,
});

/**
 * Reads a month. `answers` contains the rows or the HTTP status for each resource group, or for the whole account (`''`).
 */
async function read(
  answers: Readonly<Record<string, Row[] | number>>,
  config: Row = {},
): Promise<{ rows: Row[]; log: string[] }> {
  const log: string[] = [];
  const api: Api = {
    get({ path }: Request) {
      if (path === 'v2/resource_instances') {
        return Promise.resolve({ resources: [{ id: crnOf(1), guid: 'g1', resource_group_id: GROUP }] });
      }
      if (path === 'v2/resource_groups') return Promise.resolve({ resources: [{ id: GROUP }, { id: OTHER }] });
      const group = /resource_groups\/(\w+)\//.exec(path)?.[1] ?? '';
      const answer = answers[group] ?? [];
      if (typeof answer !== 'number') return Promise.resolve({ resources: structuredClone(answer) });
      const problem = answer === 404 ? 'not_found' : answer === 403 ? 'forbidden' : 'unexpected_status';
      const facts = { ...terms.facts, path, host: 'h', status: String(answer), said: '' };
      return Promise.reject(new ConnectorError(problem, facts, { status: answer, answer: `HTTP ${answer}` }));
    },
    authorization: () => Promise.resolve(AUTHORIZATION),
    log: (level, sentence) => log.push(`${level} ${sentence}`),
  };
  const parsed = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k', ...config });
  const { retrieval } = billables;
  if (retrieval.way !== 'month') throw new Error('it is not read by month');
  const { rows } = await retrieval.load('2026-10', new Accounts(parsed, api));
  return { rows, log };
}

const deployments = (rows: readonly Row[]): unknown[] => rows.map((row) => row['deployment_id']);

describe('a usage row without a resource group', () => {
  test('gets the resource group that was requested', async () => {
    const answers = { [GROUP]: [usage(1)] };
    const { rows } = await read(answers, { resource_group_ids: [GROUP] });
    expect(rows).toMatchObject([{ deployment_id: crnOf(1), resource_group_id: GROUP }]);
  });

  test('is kept, with a warning, if the usage of the whole account is read', async () => {
    const answers = { '': [usage(1), usage(2), usage(3, { resource_group_id: OTHER })] };
    const { rows, log } = await read(answers, { billing: 'account', resource_group_ids: [GROUP] });
    expect(deployments(rows)).toEqual([crnOf(1), crnOf(2)]);
    expect(log.filter((line) => line.includes('has no resource_group_id'))).toHaveLength(1);
  });
});

test('a usage row that is listed twice is read once, and a row that differs only in its costs gets a numbered key', async () => {
  const twice = [usage(1), usage(1), usage(1, { usage: [{ metric: 'DISK', cost: 7 }] })];
  const { rows } = await read({ [GROUP]: twice });
  const key = `2026-10/${crnOf(1)}/databases-for-postgresql-standard/DISK`;
  expect(rows.map(({ id, amount }) => [id, amount])).toEqual([
    [key, 1],
    [`${key}/2`, 7],
  ]);
});

describe('a resource group', () => {
  test.each([
    [403, '2026-08', '; every sync reads the affected months again until the request succeeds'],
    [404, '2026-10', ''],
  ])(
    'whose requests are rejected with HTTP %i does not affect other groups; the last final month is %s',
    async (status, month, consequence) => {
      const answersOf = (group: string, answer: unknown): Row =>
        Object.fromEntries(['09', '10', '11'].map((n) => [`${group}/resource_instances/usage/2026-${n}`, answer]));
      const answers = {
        'v2/resource_groups': { resources: [{ id: GROUP }, { id: OTHER }] },
        ...answersOf(GROUP, { resources: [usage(1)] }),
        ...answersOf(OTHER, refusal(status, 'x')),
      };
      const state = { version: 1, platform: 'ibm_cloud', month: '2026-08' };
      const { stream, printed } = openIbmRead(billables, { answers, state });
      await stream.toEnd();
      expect(deployments(printed.rows)).toEqual([crnOf(1), crnOf(1), crnOf(1)]);
      expect(stream.reader.cursor?.state()).toMatchObject({ month });
      expect(printed.logged('WARN')).toEqual([
        `billables: the records of resource group ${OTHER} are missing, because the API rejected the request (HTTP ${status})${consequence}`,
      ]);
    },
  );

  test('whose request is rejected is reported even if another group has no data for the month', async () => {
    for (const answers of [
      { [GROUP]: 404, [OTHER]: 403 },
      { [GROUP]: 403, [OTHER]: 404 },
    ]) {
      await expect(read(answers)).rejects.toMatchObject({ problem: 'forbidden' });
    }
  });
});
