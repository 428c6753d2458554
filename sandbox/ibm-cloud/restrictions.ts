import { type Answer, type Received, type Row, json } from '../platform.ts';
import { userId } from './access.ts';
import { deploymentId } from './deployments.ts';
import type { Refuse } from './errors.ts';
import { gen2Id } from './gen2.ts';
import { resourceGroupIds } from './resource-groups.ts';
import { DAY, Kind, type World, accountId, iso, uuid } from './world.ts';

const DATA_PLANE = 'crn:v1:bluemix:public:context-based-restrictions::::api-type:data-plane';

function hexId(world: World, group: number, index: number): string {
  return uuid(world, Kind.restriction, group, index).replaceAll('-', '');
}

/** The network zones (icd-accounts-access.md, 2.24). The API's list contains at most three addresses of each zone. */
function zones(world: World): Row[] {
  const account_id = accountId(world);
  const zone = (index: number, name: string, addresses: Row[], excluded: Row[]): Row => ({
    id: hexId(world, 0, index),
    crn: `crn:v1:bluemix:public:context-based-restrictions:global:a/${account_id}::zone:${hexId(world, 0, index)}`,
    name,
    account_id,
    description: '',
    addresses,
    excluded,
    href: `https://cbr.cloud.ibm.com/v1/zones/${hexId(world, 0, index)}`,
    created_at: iso(world.clock.start - 300 * DAY),
    created_by_id: userId(world, 0),
    last_modified_at: iso(world.clock.start - 200 * DAY),
    last_modified_by_id: userId(world, 0),
  });
  return [
    zone(
      0,
      'Büro "Süd"',
      [
        { type: 'ipAddress', value: '192.0.2.1' },
        { type: 'ipRange', value: '192.0.2.16-192.0.2.31' },
        { type: 'subnet', value: '198.51.100.0/24' },
        { type: 'vpc', value: `crn:v1:bluemix:public:is:us-south:a/${account_id}::vpc:r006-1` },
        { type: 'serviceRef', ref: { account_id, service_name: 'codeengine', location: 'us-south' } },
      ],
      [{ type: 'ipAddress', value: '198.51.100.7' }],
    ),
    zone(1, 'vpn', [{ type: 'subnet', value: '203.0.113.0/24' }], []),
    zone(2, 'unused', [{ type: 'ipAddress', value: '192.0.2.99' }], []),
  ];
}

interface Rule {
  readonly contexts: ReadonlyArray<Readonly<Record<string, string>>>;
  readonly covers: ReadonlyArray<Readonly<Record<string, string>>>;
  readonly mode?: string;
  readonly tags?: readonly Row[];
  readonly coversDatabases: boolean;
}

function rules(world: World): Rule[] {
  const [first = '', second = ''] = zones(world).map(({ id }) => String(id));
  const [, production = ''] = resourceGroupIds(world);
  const instance = (crn: string): Record<string, string> => {
    const [serviceName = '', , , serviceInstance = ''] = crn.split(':').slice(4);
    return { serviceName, serviceInstance };
  };
  const fromVpn = [{ networkZoneId: second, endpointType: 'private' }];
  return [
    {
      contexts: [{ networkZoneId: first, endpointType: 'private' }, ...fromVpn],
      covers: [instance(deploymentId(world, 0))],
      coversDatabases: true,
    },
    // One `networkZoneId` contains the ids of two zones.
    {
      contexts: [{ networkZoneId: `${first}, ${second}`, mfa: 'LEVEL1' }],
      covers: [{ serviceName: 'databases-for-redis', region: 'us-south' }],
      coversDatabases: true,
    },
    { contexts: fromVpn, covers: [{ serviceType: 'service', resourceGroupId: production }], coversDatabases: true },
    {
      contexts: [{ endpointType: 'private' }],
      covers: [{ serviceName: 'databases-for-mysql' }],
      mode: 'disabled',
      coversDatabases: true,
    },
    { contexts: fromVpn, covers: [{ serviceName: 'cloud-object-storage' }], coversDatabases: false },
    {
      contexts: [],
      covers: [instance(gen2Id(world, 0)), { serviceName: 'messages-for-rabbitmq' }],
      tags: [{ name: 'env', value: 'production', operator: 'stringEquals' }],
      coversDatabases: true,
    },
    { contexts: fromVpn, covers: [{ serviceType: 'platform_service' }], coversDatabases: false },
    { contexts: fromVpn, covers: [{ service_group_id: 'IAM' }], coversDatabases: false },
  ];
}

function ruleRow(world: World, index: number, { contexts, covers, mode, tags }: Rule): Row {
  const id = hexId(world, 1, index);
  const account = accountId(world);
  const attributes = (values: Readonly<Record<string, string>>): Row => ({
    attributes: Object.entries(values).map(([name, value]) => ({ name, value })),
  });
  return {
    id,
    crn: `crn:v1:bluemix:public:context-based-restrictions:global:a/${account}::rule:${id}`,
    description: index % 2 === 0 ? '' : `Rule ${index}`,
    contexts: contexts.map(attributes),
    resources: covers.map((values) => ({ ...attributes({ accountId: account, ...values }), ...(tags && { tags }) })),
    operations: { api_types: [{ api_type_id: DATA_PLANE }] },
    enforcement_mode: mode ?? 'enabled',
    href: `https://cbr.cloud.ibm.com/v1/rules/${id}`,
    created_at: iso(world.clock.start - (300 - index) * DAY),
    created_by_id: userId(world, 0),
    last_modified_at: iso(world.clock.start - (200 - index) * DAY),
    last_modified_by_id: userId(world, 0),
  };
}

/** One row per rule and covered database resource, with the rule's zones. */
export function databaseRestrictions(world: World): Row[] {
  return rules(world).flatMap((rule, index) => {
    if (!rule.coversDatabases) return [];
    const row = ruleRow(world, index, rule);
    const used = rule.contexts.flatMap(({ networkZoneId }) => networkZoneId?.split(', ') ?? []);
    const ofRule = zones(world).filter(({ id }) => used.includes(String(id)));
    return rule.covers.map((covers, place) => ({
      ...{ ...row, rule_id: row['id'], position: place + 1, covers, tags: rule.tags },
      ...{ contexts: rule.contexts, zones: ofRule },
    }));
  });
}

/** `GET /v1/rules`, `/v1/zones` and `/v1/account_settings/:id`, which are not paginated. */
export function listRules(world: World, { query, path }: Received, refuse: Refuse): Answer {
  if (query['account_id'] !== accountId(world)) return refuse(path, query['account_id'] === undefined ? 400 : 403);
  const rows = rules(world).map((rule, index) => ruleRow(world, index, rule));
  return json(200, { count: rows.length, rules: rows });
}

export function oneZone(world: World, { parameters, path }: Received, refuse: Refuse): Answer {
  const zone = zones(world).find(({ id }) => id === parameters['id']);
  return zone === undefined ? refuse(path, 404) : json(200, zone);
}

export function listZones(world: World, { query, path }: Received, refuse: Refuse): Answer {
  if (query['account_id'] !== accountId(world)) return refuse(path, query['account_id'] === undefined ? 400 : 403);
  const rows = zones(world).map(({ addresses, excluded, ...row }) => ({
    ...row,
    addresses_preview: (addresses as Row[]).slice(0, 3),
    address_count: (addresses as Row[]).length,
    excluded_count: (excluded as Row[]).length,
  }));
  return json(200, { count: rows.length, zones: rows });
}

export function ruleSettings(world: World, { parameters, path }: Received, refuse: Refuse): Answer {
  if (parameters['id'] !== accountId(world)) return refuse(path, 403);
  return json(200, {
    id: accountId(world),
    rule_count_limit: 4020,
    zone_count_limit: 500,
    current_rule_count: rules(world).length,
    current_zone_count: zones(world).length,
    current_tags_rule_count: 1,
  });
}
