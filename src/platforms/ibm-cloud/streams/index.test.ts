import { expect, test } from 'vitest';
import { type Stream, cursorFieldOf, keyFieldOf } from '../../../core/stream/stream.ts';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen2Row, instanceRow } from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Accounts } from '../account/accounts.ts';
import { DEFAULT_ENDPOINTS } from '../api/endpoints.ts';
import { streams } from './index.ts';

const DATABASES = 'https://api.us-south.databases.cloud.ibm.com/v5/ibm';

// The columns are name, primary key, path after the deployment, and cursor field. Users' configs and saved states depend on these values.
const TABLE: [name: string, key: string, report?: string | undefined, cursor?: string][] = [
  ['accounts', 'id'],
  ['api_keys', 'id'],
  ['audit_events', 'id', undefined, 'created_at'],
  ['audit_routes', 'id'],
  ['billables', 'id', undefined, 'month'],
  ['databases', 'type'],
  ['datacenters', 'slug'],
  ['deployments', 'id'],
  ['deployments_allowlists', 'id', '/allowlists/ip_addresses'],
  ['deployments_autoscalings', 'id', '/groups/member/autoscaling'],
  ['deployments_backups', 'id', '/backups', 'created_at'],
  ['deployments_recipes', 'id', '/tasks', 'created_at'],
  ['deployments_reclamations', 'id'],
  ['deployments_recovery_windows', 'deployment_id', '/point_in_time_recovery_data'],
  ['deployments_replicas', 'deployment_id', '/remotes'],
  ['deployments_restrictions', 'id'],
  ['deployments_roles', 'id'],
  ['deployments_scalings', 'id', '/groups'],
  ['deployments_team_roles', 'id'],
  ['deployments_versions', 'id', '/capability/versions'],
  ['resource_groups', 'id'],
  ['service_ids', 'id'],
  ['teams', 'key'],
  ['trusted_profiles', 'id'],
  ['users', 'id'],
];

test('the streams match the table, in the same order', () => {
  const offers = streams.map((stream) => [stream.name, keyFieldOf(stream), cursorFieldOf(stream)]);
  expect(offers).toEqual(TABLE.map(([name, key, , cursor]) => [name, key, cursor]));
});

test.each(TABLE.filter(([, , report]) => report !== undefined))(
  'the stream %s is requested in the region and account of the deployment',
  (name, _, report) => {
    const { retrieval } = streamOf(name);
    if (retrieval.way !== 'partition') throw new Error('it has no partitions');
    const request = retrieval.request({ id: crnOf(1), label: '', origin: DATABASES, account: ACCOUNT });
    const path = `deployments/${encodeURIComponent(crnOf(1))}${report}`;
    expect(request).toEqual({ origin: DATABASES, account: ACCOUNT, path });
  },
);

test('all requests are sent to the configured endpoints', async () => {
  // Without Logs instances, audit_events sends no request.
  for (const definition of streams.filter(({ name }) => name !== 'audit_events')) {
    const { stream, api } = openIbmRead(definition, {
      instances: [
        { id: crnOf(1), guid: 'g', url: 'https://evil.example.test', dashboard_url: 'https://evil.example.test' },
      ],
    });
    await stream.toEnd().catch(() => undefined);
    expect(api.requests.length, definition.name).toBeGreaterThan(0);
    for (const { origin } of api.requests) {
      expect([DATABASES, ...Object.values(DEFAULT_ENDPOINTS)]).toContain(origin);
    }
  }
});

test('every stream lists the fields to drop, and none of them is a declared field', () => {
  for (const { name, fields, dropped } of streams) {
    expect(dropped, name).toBeDefined();
    for (const field of dropped ?? []) expect(fields, `${name}.${field}`).not.toHaveProperty(field);
  }
});

test('every per-deployment stream has the field generation', () => {
  // These streams cover the whole account, despite the prefix deployments_.
  const ofAccount = /roles$|_reclamations$|_restrictions$/;
  for (const { name, fields } of streams) {
    if (name.startsWith('deployments_') && !ofAccount.test(name)) expect(fields, name).toHaveProperty('generation');
  }
});

test('only reports on optional features may be absent for all deployments', () => {
  const optional = streams.filter(({ retrieval }) => 'mayBeAbsent' in retrieval);
  expect(optional.map(({ name }) => name)).toEqual([
    'deployments_allowlists',
    'deployments_autoscalings',
    'deployments_recovery_windows',
    'deployments_replicas',
  ]);
});

test.each([
  [
    'deployments_backups',
    ['completed', 'failed', 'expired', 'active', 'removed'],
    ['running', 'provisioning', 'pending_removal'],
  ],
  ['deployments_recipes', ['completed', 'failed', 'expired'], ['running', 'queued', 'active']],
])('a record of %s is final if its status is one of %j', (name, final, open) => {
  const { retrieval } = streamOf(name);
  const partitioned = retrieval.way === 'partition' ? retrieval : undefined;
  for (const status of final) expect(partitioned?.isFinal?.({ status, deployment_id: 'd' }), status).toBe(true);
  // An unknown status may still change.
  for (const status of [...open, 'odd', '', null, undefined])
    expect(partitioned?.isFinal?.({ status, deployment_id: 'd' }), String(status)).toBe(false);
});

test.each<[name: string, row: Row, leftOut: string]>([
  ['deployments_autoscalings', gen2Row(2, {}), 'generation 2'],
  ['deployments_recovery_windows', instanceRow(2, crnOf(2, 'databases-for-redis')), 'other types'],
  ['deployments_replicas', instanceRow(2, crnOf(2, 'databases-for-redis')), 'other types'],
])('the stream %s sends no request for a deployment that cannot have this report', async (name, row, leftOut) => {
  const { stream, api } = openIbmRead(streamOf(name), { instances: [row] });
  await stream.toEnd();
  expect(api.requests).toHaveLength(1);
  expect(stream.reader.leftOut).toEqual([`1 deployment of ${leftOut}`]);
});

const PROFILES = { profiles: { profiles: [{ id: 'p' }] } };
const ACCESS_REVIEW = { ...PROFILES, serviceids: { serviceids: [] } };
const ROUTING = { routes: { routes: [] }, targets: { targets: [] }, settings: {} };

test.each<[name: string, end: string, list: string, answers?: Record<string, unknown>]>([
  ['audit_routes', 'routes', 'routes', ROUTING],
  ['audit_routes', 'targets', 'targets', ROUTING],
  ['deployments_reclamations', 'reclamations', 'resources'],
  ['deployments_restrictions', 'rules', 'rules'],
  ['resource_groups', 'resource_groups', 'resources'],
  ['service_ids', 'serviceid_groups', 'serviceid_groups', ACCESS_REVIEW],
  ['trusted_profiles', 'identities', 'identities', { ...PROFILES, links: { links: [] }, rules: { rules: [] } }],
  ['trusted_profiles', 'links', 'links', { ...PROFILES, identities: { identities: [] }, rules: { rules: [] } }],
  ['trusted_profiles', 'rules', 'rules', { ...PROFILES, identities: { identities: [] }, links: { links: [] } }],
])('the stream %s fails if the response for %s has a second page', async (name, end, list, answers = {}) => {
  for (const link of [{ next: { href: '/x?offset=1' } }, { next_url: '/x?start=1' }]) {
    const all = { ...answers, [end]: { [list]: [], ...link } };
    const { stream } = openIbmRead(streamOf(name), { answers: all });
    await expect(stream.toEnd()).rejects.toMatchObject({ facts: { detail: expect.stringContaining('second page') } });
  }
});

test.each([
  ['service_ids', 'serviceid_groups', 'serviceid_groups', 'row 1 of 1 has no id'],
  ['deployments_reclamations', 'reclamations', 'resources', 'entity_crn is missing or not text'],
])('the stream %s fails if a row in the response for %s has no ID', async (name, end, list, detail) => {
  const answers = { ...ACCESS_REVIEW, [end]: { [list]: [{ id: 7 }] } };
  const { stream } = openIbmRead(streamOf(name), { answers });
  await expect(stream.toEnd()).rejects.toMatchObject({ problem: 'unexpected_body', facts: { detail } });
});

function streamOf(name: string): Stream<Accounts> {
  const stream = streams.find((each) => each.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream;
}
