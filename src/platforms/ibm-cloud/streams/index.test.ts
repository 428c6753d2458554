import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { catalogStream } from '../../../airbyte/commands/discover.ts';
import type { Stream } from '../../../core/stream/stream.ts';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { crnOf } from '../../../../test-support/unit/instances.ts';
import type { IbmCloudShared } from '../shared.ts';
import { streams } from './index.ts';

const CONTROLLER = 'https://resource-controller.cloud.ibm.com';
const DATABASES = 'https://api.us-south.databases.cloud.ibm.com/v5/ibm';

// name, primary key, what follows the deployment in the path of those that are asked for one by one, cursor. Configs and
// saved states of users depend on these.
const TABLE: [name: string, key: string, report?: string | undefined, cursor?: string][] = [
  ['accounts', 'id'],
  ['audit_events', 'id', undefined, 'created_at'],
  ['billables', 'id', undefined, 'month'],
  ['databases', 'type'],
  ['datacenters', 'slug'],
  ['deployments', 'id'],
  ['deployments_allowlists', 'id', '/allowlists/ip_addresses'],
  ['deployments_autoscalings', 'id', '/groups/member/autoscaling'],
  ['deployments_backups', 'id', '/backups', 'created_at'],
  ['deployments_recipes', 'id', '/tasks', 'created_at'],
  ['deployments_recovery_windows', 'deployment_id', '/point_in_time_recovery_data'],
  ['deployments_replicas', 'deployment_id', '/remotes'],
  ['deployments_roles', 'id'],
  ['deployments_scalings', 'id', '/groups'],
  ['deployments_team_roles', 'id'],
  ['deployments_versions', 'id', '/capability/versions'],
  ['resource_groups', 'id'],
  ['teams', 'id'],
];

test('the registry is the table, in its order', () => {
  expect(streams.map(({ name }) => name)).toEqual(TABLE.map(([name]) => name));
});

test('every file of the folder is in the registry, under its own name', async () => {
  const names = readdirSync(import.meta.dirname).map((file) => file.replace(/\.ts$/, ''));
  const files = names.filter((name) => name !== 'index' && !name.endsWith('.test'));
  for (const file of files) {
    const exported = Object.values((await import(join(import.meta.dirname, `${file}.ts`))) as Record<string, Stream>);
    expect(exported, file).toHaveLength(1);
    expect(exported[0]?.name, file).toBe(file.replaceAll('-', '_'));
    expect(streams, file).toContain(exported[0]);
  }
  expect(files).toHaveLength(TABLE.length);
});

test.each(TABLE)('%s is offered with its key and modes', (name, key, _, cursor) => {
  const { json_schema: _schema, ...offer } = catalogStream(streamOf(name));
  expect(offer).toEqual({
    name,
    source_defined_primary_key: [[key]],
    ...(cursor === undefined
      ? { supported_sync_modes: ['full_refresh'] }
      : {
          supported_sync_modes: ['full_refresh', 'incremental'],
          source_defined_cursor: true,
          default_cursor_field: [cursor],
          is_resumable: true,
        }),
  });
});

test.each(TABLE.filter(([, , report]) => report !== undefined))(
  '%s asks for its report in the region of the deployment',
  (name, _, report) => {
    const { retrieval } = streamOf(name);
    const { stream } = openIbmRead(streamOf(name), {});
    const shared = stream.reader.session.shared as IbmCloudShared;
    if (retrieval.way !== 'partition') throw new Error('it has no partitions');
    const request = retrieval.request({ id: crnOf(1), label: '', origin: DATABASES }, shared);
    expect(request).toEqual({ origin: DATABASES, path: `deployments/${encodeURIComponent(crnOf(1))}${report}` });
  },
);

test('no stream is asked for anywhere but at our own addresses', async () => {
  // Without Logs instances there are no events, and nobody is asked for them.
  for (const definition of streams.filter(({ name }) => name !== 'audit_events')) {
    const { stream, api } = openIbmRead(definition, {
      instances: [
        { id: crnOf(1), guid: 'g', url: 'https://evil.example.test', dashboard_url: 'https://evil.example.test' },
      ],
    });
    await stream.toEnd().catch(() => undefined);
    expect(api.requests.length, definition.name).toBeGreaterThan(0);
    for (const { origin } of api.requests) {
      expect([CONTROLLER, DATABASES, 'https://iam.cloud.ibm.com', 'https://accounts.cloud.ibm.com']).toContain(origin);
    }
  }
});

describe.each(streams.map((stream) => [stream.name, stream] as const))('%s', (name, stream) => {
  test('passes on no more than it declares, and knows nothing to drop that it does', () => {
    expect(stream.dropped).toBeDefined();
    for (const field of stream.dropped ?? []) expect(stream.fields, `${name}.${field}`).not.toHaveProperty(field);
  });

  test('has a schema that is valid, leaves room for nulls, and describes every property', () => {
    const schema = catalogStream(stream).json_schema as { properties: Record<string, Record<string, unknown>> };
    expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
    for (const [field, property] of Object.entries(schema.properties)) {
      expect(property['type'], field).toEqual(['null', expect.any(String)]);
      expect(property['description'], field).toMatch(/\w{2}/);
    }
    expect(stream.description).toMatch(/^[A-Z].*\.$/);
  });
});

test('every deployment report says which deployment it is about, and of which generation that is', () => {
  // Roles are those of policies, which may be about all of them.
  const reports = streams.filter(({ name }) => name.startsWith('deployments_') && !name.endsWith('roles'));
  for (const { name, fields } of reports) {
    expect(fields, name).toHaveProperty('deployment_id');
    expect(fields, name).toHaveProperty('generation');
  }
  expect(reports).toHaveLength(8);
});

test('no field could hold a secret of those that IBM sends', () => {
  const secrets = [
    'parameters',
    'extensions',
    'connection',
    'download_link',
    'apikey',
    'resource_keys_url',
    'platform_options',
  ];
  for (const { name, fields } of streams) {
    for (const field of secrets) expect(fields, name).not.toHaveProperty(field);
  }
});

test('the user start_date leaves out events, tasks and backups, and nothing else', () => {
  const dated = streams.filter(({ startDateField }) => startDateField !== undefined);
  expect(dated.map(({ name, startDateField }) => [name, startDateField])).toEqual([
    ['audit_events', 'created_at'],
    ['deployments_backups', 'created_at'],
    ['deployments_recipes', 'created_at'],
  ]);
});

test('only reports that not every deployment has may be absent everywhere', () => {
  const optional = streams.filter(({ retrieval }) => 'absentEverywhere' in retrieval);
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
])('rows of %s are read again until they are %j', (name, final, open) => {
  const { retrieval } = streamOf(name);
  const incremental = retrieval.way === 'partition' ? retrieval.incremental : undefined;
  for (const status of final) expect(incremental?.isFinal?.({ status, deployment_id: 'd' }), status).toBe(true);
  // What nobody knows may still change.
  for (const status of [...open, 'odd', '', null, undefined])
    expect(incremental?.isFinal?.({ status, deployment_id: 'd' }), String(status)).toBe(false);
});

function streamOf(name: string): Stream<IbmCloudShared> {
  const stream = streams.find((each) => each.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream;
}
