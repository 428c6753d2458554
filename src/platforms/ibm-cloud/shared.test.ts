import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test-support/unit/fake-api.ts';
import {
  ACCOUNT,
  crnOf,
  gen1Row,
  gen2Row,
  instanceRow,
  instancesBody,
  openApi,
} from '../../../test-support/unit/instances.ts';
import type { Row } from '../../core/record/row.ts';
import { ibmCloudConfig } from './config.ts';
import { INSTANCES } from './account/inventory.ts';
import { RESOURCE_GROUPS, openShared, resourceGroupNames } from './shared.ts';

const CLAIMS = Buffer.from(JSON.stringify({ account: { bss: ACCOUNT } })).toString('base64url');
const KEY_DETAILS = 'v1/apikeys/details';

interface Given {
  /** What requests carry. */
  authorization?: string;
  /** What is answered at each path, or thrown. */
  answers?: Record<string, unknown>;
}

function open({ authorization = `Bearer x.${CLAIMS}.y`, answers = {} }: Given = {}) {
  const api = openApi(({ path }) => {
    const answer = answers[path];
    if (answer instanceof Error) throw answer;
    return answer;
  }, authorization);
  const config = ibmCloudConfig.parse({
    name: 'ibm_cloud',
    api_key: 'the-key',
    endpoints: { iam: 'https://iam.example.test', resource_controller: 'https://controller.example.test' },
  });
  return { api, shared: openShared(config, api) };
}

describe('the account', () => {
  test('is the one that the token is for, without a request', async () => {
    const { api, shared } = open();
    expect(await shared.account('accounts')).toBe(ACCOUNT);
    expect(api.requests).toEqual([]);
  });

  test('is asked for where the token does not tell it, once for all; IAM gets the key for that', async () => {
    const { api, shared } = open({
      authorization: 'Bearer opaque',
      answers: { [KEY_DETAILS]: { account_id: 'acc-1' } },
    });
    expect(await Promise.all([shared.account('accounts'), shared.account('resource_groups')])).toEqual([
      'acc-1',
      'acc-1',
    ]);
    expect(await shared.account('accounts')).toBe('acc-1');
    expect(api.requests).toEqual([
      { origin: 'https://iam.example.test', path: KEY_DETAILS, headers: { 'iam-apikey': 'the-key' } },
    ]);
    expect(api.owners).toEqual(['accounts']);
  });

  test.each([{}, { account_id: '' }, { account_id: null }, { account_id: 7 }, [], null])(
    'that nobody tells is an error: %j',
    async (body) => {
      const { shared } = open({ authorization: 'Bearer opaque', answers: { [KEY_DETAILS]: body } });
      await expect(shared.account('accounts')).rejects.toMatchObject({ problem: 'unexpected_body' });
    },
  );
});

describe('the resource groups', () => {
  const groups = [
    { id: 'g1', name: 'default' },
    { id: 'g2', name: 'data' },
  ];

  test('are asked for once, of the account, and come as the API sends them', async () => {
    const { api, shared } = open({ answers: { [RESOURCE_GROUPS]: { resources: groups } } });
    const [rows, names] = await Promise.all([shared.resourceGroups(), resourceGroupNames(shared)]);
    expect(rows).toEqual(groups);
    expect(names).toEqual(
      new Map([
        ['g1', 'default'],
        ['g2', 'data'],
      ]),
    );
    expect(api.requests).toEqual([
      { origin: 'https://controller.example.test', path: RESOURCE_GROUPS, query: { account_id: ACCOUNT } },
    ]);
    expect(api.owners).toEqual(['resource_groups']);
  });

  test('that are none are left out of the names, and told of by the stream that they are rows of', async () => {
    const { shared } = open({ answers: { [RESOURCE_GROUPS]: { resources: [null, 'odd', groups[0]] } } });
    expect(await resourceGroupNames(shared)).toEqual(new Map([['g1', 'default']]));
    expect(await shared.resourceGroups()).toHaveLength(3);
  });

  test.each([403, 404])(
    'that are refused with HTTP %i leave deployments without names, which is said',
    async (status) => {
      const { api, shared } = open({ answers: { [RESOURCE_GROUPS]: refusal(status, RESOURCE_GROUPS) } });
      expect(await resourceGroupNames(shared)).toEqual(new Map());
      expect(api.logged).toEqual([
        `warn deployments: they come without the names of their resource groups, which could not be read (HTTP ${status})`,
      ]);
      await expect(shared.resourceGroups()).rejects.toMatchObject({ status });
      expect(api.requests).toHaveLength(1);
    },
  );

  test.each<[string, unknown, string]>([
    ['an outage', refusal(503, RESOURCE_GROUPS), 'server_error'],
    ['a body without the list', {}, 'unexpected_body'],
  ])(
    'that cannot be had in %s cost their own stream its rows, and deployments the names',
    async (_, answer, problem) => {
      const { api, shared } = open({ answers: { [RESOURCE_GROUPS]: answer } });
      expect(await resourceGroupNames(shared)).toEqual(new Map());
      expect(api.logged).toHaveLength(1);
      await expect(shared.resourceGroups()).rejects.toMatchObject({ problem });
    },
  );
});

describe('the databases that are asked about no deployment', () => {
  /** Which databases are asked for the catalogue, in their order. */
  const inRegions = async (...rows: Row[]): Promise<string | undefined> => {
    const { api, shared } = open({ answers: { [INSTANCES]: instancesBody(rows), deployables: {} } });
    await shared.catalogue('deployables', 'databases', () => []);
    return api.requests.find(({ path }) => path === 'deployables')?.origin;
  };
  const at = (region: string): string => `https://api.${region}.databases.cloud.ibm.com/v5/ibm`;
  const redis = (n: number, region: string): Row => instanceRow(n, crnOf(n, 'databases-for-redis', region));

  test('are those of the first region that has a deployment', async () => {
    expect(await inRegions(redis(1, 'us-east'), redis(2, 'eu-gb'), redis(3, 'jp-tok'))).toBe(at('eu-gb'));
  });

  test('are the usual ones if there is none of generation 1 that can be asked about', async () => {
    expect(await inRegions()).toBe(at('us-south'));
    expect(await inRegions(gen2Row(1, {}), redis(2, 'evil.example.test/'))).toBe(at('us-south'));
    expect(await inRegions(gen2Row(1, {}), gen1Row(2))).toBe(at('us-south'));
  });
});
