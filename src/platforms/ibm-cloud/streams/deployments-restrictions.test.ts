import { expect, test } from 'vitest';
import { type IbmRead, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen2Row, guidOf } from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { deploymentsRestrictions } from './deployments-restrictions.ts';

type Values = Readonly<Record<string, string>>;

const attributes = (values: Values): Row => ({
  attributes: Object.entries(values).map(([name, value]) => ({ name, value })),
});

function rule(id: string, covers: readonly Values[], contexts: readonly Values[] = [{ networkZoneId: 'z1' }]): Row {
  return { id, contexts: contexts.map(attributes), resources: covers.map(attributes) };
}

const ADDRESSES = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
const zone: Row = {
  id: 'z1',
  name: 'office',
  addresses: [...ADDRESSES.map((value) => ({ type: 'ipAddress', value })), { value: '192.0.2.5' }, { type: 'vpc' }, {}],
  excluded: [{ type: 'serviceRef', ref: { service_name: 'codeengine', location: 'eu-de' } }],
};
const REDIS = { serviceName: 'databases-for-redis' };

async function read(rules: readonly Row[], more: Record<string, unknown> = {}): Promise<IbmRead> {
  const answers = {
    rules: { count: rules.length, rules },
    z1: zone,
    z2: { id: 'z2', name: 'vpn', addresses: [] },
    [ACCOUNT]: { current_rule_count: rules.length },
    ...more,
  };
  const opened = openIbmRead(deploymentsRestrictions, { instances: [gen2Row(1, {})], answers });
  await opened.stream.toEnd();
  return opened;
}

const warningsOf = ({ api }: IbmRead): string[] => api.logged.filter((line) => line.startsWith('warn '));

test('a record contains every address of the zones of its rule, and each zone is requested once', async () => {
  const covers = { serviceName: 'databases-for-postgresql', serviceInstance: guidOf(1) };
  const contexts = [
    { networkZoneId: 'z1, z2', endpointType: 'private' },
    { networkZoneId: 'z1', mfa: 'LEVEL1' },
  ];
  const opened = await read([rule('r1', [covers], contexts), rule('r2', [REDIS], [{ endpointType: 'public' }])]);
  const context = (zone_id: string | null, zone_name: string | null, more: Row): Row => ({
    ...{ zone_id, zone_name, endpoint_type: null, mfa: null },
    ...more,
  });
  expect(opened.printed.rows).toMatchObject([
    {
      id: 'r1/1',
      account_id: ACCOUNT,
      service_name: 'databases-for-postgresql',
      deployment_id: crnOf(1),
      contexts: [
        context('z1', 'office', { endpoint_type: 'private' }),
        context('z2', 'vpn', { endpoint_type: 'private' }),
        context('z1', 'office', { mfa: 'LEVEL1' }),
      ],
      addresses: [...ADDRESSES.map((value) => `ipAddress:${value}`), '192.0.2.5', 'vpc'],
      excluded_addresses: ['serviceRef:codeengine/eu-de'],
    },
    { id: 'r2/1', contexts: [context(null, null, { endpoint_type: 'public' })], addresses: [] },
  ]);
  expect(opened.api.requests.filter(({ path }) => path.startsWith('v1/zones/'))).toHaveLength(2);
  expect(warningsOf(opened)).toEqual([]);
});

test('a rule has one record for each of its resources that covers databases, even if the resource covers all services', async () => {
  const rules = [
    rule('r1', [REDIS, { serviceName: 'kms' }, { serviceName: 'messages-for-rabbitmq', serviceInstance: guidOf(9) }]),
    rule('r2', [{ accountId: ACCOUNT, resourceGroupId: 'g' }]),
    rule('r3', [{ service_group_id: 'IAM' }, { serviceType: 'platform_service' }]),
  ];
  const { printed } = await read([...rules, ...rules]);
  const shown = printed.rows.map(({ id, service_name, resource_group_id }) => [id, service_name, resource_group_id]);
  expect(shown).toEqual([
    ['r1/1', 'databases-for-redis', undefined],
    ['r1/3', 'messages-for-rabbitmq', undefined],
    ['r2/1', undefined, 'g'],
  ]);
});

test.each<[string, Record<string, unknown>, string]>([
  [
    'the account has more rules than the list contains',
    { [ACCOUNT]: { current_rule_count: 5 } },
    'IBM Cloud lists 1 of 5 rules',
  ],
  [
    'the request for the number of rules is rejected',
    { [ACCOUNT]: 403 },
    'IBM Cloud lists 1 of an unknown number of rules',
  ],
])('a warning is logged if %s', async (_, more, reason) => {
  const opened = await read([rule('r1', [REDIS])], more);
  expect(opened.printed.rows).toHaveLength(1);
  expect(warningsOf(opened)).toEqual([expect.stringContaining(reason) as string]);
});

test('a missing number of rules causes no warning', async () => {
  expect(warningsOf(await read([rule('r1', [REDIS])], { [ACCOUNT]: {} }))).toEqual([]);
});

test('an attribute of a resource that no field contains causes a warning', async () => {
  const warnings = warningsOf(await read([rule('r1', [{ ...REDIS, resource: 'x' }])]));
  expect(warnings).toEqual([expect.stringContaining('the records omit the attributes resource')]);
});

test('the stream fails and names the missing role if the request for a zone is rejected with HTTP 403', async () => {
  await expect(read([rule('r1', [REDIS])], { z1: 403 })).rejects.toMatchObject({
    problem: 'forbidden',
    message: expect.stringContaining('the Viewer role on the context-based-restrictions service') as string,
  });
});

test.each<[string, Row]>([
  ['no id', { ...rule('', [REDIS]), id: null }],
  ['no resources', { ...rule('r1', []), resources: undefined }],
  ['a resource without attributes', { ...rule('r1', []), resources: [{}] }],
  ['an attribute without a value', rule('r1', [{ serviceName: '' }])],
])('a rule with %s is invalid', async (_, row) => {
  await expect(read([row])).rejects.toMatchObject({ problem: 'unexpected_body' });
});
