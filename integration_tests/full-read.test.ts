import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, type StreamName, startSandbox } from '../sandbox/server.ts';
import { type ConfiguredCatalog, STREAM_NAMES, catalogOf } from '../test-support/catalogs.ts';
import { keysRead } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';
import { countsRead, read } from './reads.ts';

let sandbox: Sandbox;
let workspace: Workspace;
const config = (more: object = {}): Record<string, unknown> => ({
  api_token: sandbox.token,
  base_url: sandbox.baseUrl,
  ...more,
});

beforeAll(async () => {
  sandbox = await startSandbox();
  workspace = new Workspace();
});
afterAll(async () => {
  workspace.remove();
  await sandbox.close();
});

const withNulls = ({ streams: configured }: ConfiguredCatalog): ConfiguredCatalog => ({
  streams: configured.map(({ stream, ...rest }) => ({
    stream: { ...stream, namespace: null, is_file_based: null },
    ...rest,
    cursor_field: null,
    primary_key: null,
    generation_id: null,
    sync_id: null,
  })),
});

describe('a read of all streams', () => {
  it.each([
    ['with full refresh', (): ConfiguredCatalog => catalogOf('full_refresh')],
    ['with incremental sync', (): ConfiguredCatalog => catalogOf('incremental')],
    ['with null values (as some clients write them)', (): ConfiguredCatalog => withNulls(catalogOf('full_refresh'))],
    [
      'with incremental sync requested for every stream (as PyAirbyte does)',
      (): ConfiguredCatalog => ({
        streams: catalogOf('incremental').streams.map((s) => ({ ...s, sync_mode: 'incremental' })),
      }),
    ],
  ])('a read %s emits every record once and follows every rule', async (_, catalog) => {
    const result = await read(workspace, config(), catalog());
    expect(result.violations).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(countsRead(result)).toEqual(sandbox.counts());
    for (const name of STREAM_NAMES) {
      expect(keysRead(result, name).toSorted(), name).toEqual([...sandbox.keys(name as StreamName)].toSorted());
    }
  });

  it('a read never has more requests in flight than num_workers', async () => {
    await using other = await disposable(startSandbox({ deployments: 12, auditEvents: 100, latencyMs: 5 }));
    const result = await read(
      workspace,
      { api_token: other.it.token, base_url: other.it.baseUrl, num_workers: 3 },
      catalogOf('full_refresh'),
    );
    expect(result.exitCode).toBe(0);
    expect(other.it.stats().maxInFlight).toBe(3);
  });

  it('a read requests the list of deployments once', async () => {
    const before = sandbox.stats().byPath['/deployments'] ?? 0;
    await read(workspace, config(), catalogOf('full_refresh'));
    expect((sandbox.stats().byPath['/deployments'] ?? 0) - before).toBe(1);
  });
});

describe('Compose options', () => {
  it('deployment_ids limits deployments and per-deployment streams, but not audit events', async () => {
    const [id = ''] = sandbox.deploymentIds;
    const result = await read(workspace, config({ deployment_ids: [id, id.toUpperCase()] }), catalogOf('full_refresh'));
    expect(result.violations).toEqual([]);
    expect(keysRead(result, 'deployments')).toEqual([id]);
    expect(keysRead(result, 'deployments_scalings')).toEqual([id]);
    expect(result.records.get('audit_events')).toHaveLength(sandbox.counts().audit_events);
  });

  it('an unknown deployment ID causes a warning, and a read whose deployment IDs are all unknown fails with a config_error', async () => {
    const [id = ''] = sandbox.deploymentIds;
    const unknown = 'f'.repeat(24);
    const some = await read(workspace, config({ deployment_ids: [id, unknown] }), catalogOf('full_refresh'));
    expect(some.exitCode).toBe(0);
    expect(some.logs.filter(({ level }) => level === 'WARN').map(({ message }) => message)).toEqual([
      expect.stringContaining(unknown),
    ]);
    const none = await read(workspace, config({ deployment_ids: [unknown] }), catalogOf('full_refresh'));
    expect(none.exitCode).toBe(1);
    expect(none.violations).toEqual([]);
    expect(none.errors).toHaveLength(9);
    expect(none.errors[0]).toMatchObject({
      failure_type: 'config_error',
      message: expect.stringContaining(unknown) as string,
    });
  });

  it('start_date skips older records, keeps undated records, and is mentioned in the log', async () => {
    const start = '2023-02-26T00:00:00.000Z';
    const all = await read(workspace, config(), catalogOf('full_refresh'));
    const result = await read(
      workspace,
      config({ start_date: '2023-02-26T01:00:00+01:00' }),
      catalogOf('full_refresh'),
    );
    expect(result.violations).toEqual([]);
    for (const [stream, field] of [
      ['audit_events', 'created_at'],
      ['deployments_recipes', 'updated_at'],
      ['deployments_backups', 'created_at'],
    ] as const) {
      const expected = (all.records.get(stream) ?? []).filter(
        (row) => !(((row[field] as string | null) ?? '~') < start),
      );
      expect(keysRead(result, stream).toSorted(), stream).toEqual(expected.map((row) => String(row['id'])).toSorted());
      expect(expected.length, stream).toBeLessThan(all.records.get(stream)?.length ?? 0);
      expect(expected.length, stream).toBeGreaterThan(0);
    }
    expect(result.logs.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^deployments_recipes: .* before start_date .* omitted/),
    );
  });

  it('include_connection_strings adds connection strings, except for deployments whose requests the API rejects', async () => {
    const catalog = catalogOf('full_refresh', ['deployments']);
    const without = await read(workspace, config(), catalog);
    expect(without.records.get('deployments')?.some((row) => 'connection_strings' in row)).toBe(false);
    const [refused = ''] = sandbox.deploymentIds;
    sandbox.setFaults([{ path: `deployments/${refused}`, kind: 'status', status: 403 }]);
    const result = await read(workspace, config({ include_connection_strings: true }), catalog);
    sandbox.setFaults([]);
    expect(result.violations).toEqual([]);
    expect(result.exitCode).toBe(0);
    const rows = result.records.get('deployments') ?? [];
    expect(rows).toHaveLength(sandbox.deploymentIds.length);
    for (const row of rows) expect(row['connection_strings'] === null, String(row['id'])).toBe(row['id'] === refused);
    expect(result.logs).toContainEqual({ level: 'WARN', message: expect.stringContaining(refused) as string });
  });
});

/** Wraps a sandbox so that `await using` closes it at the end of the block. */
async function disposable(starting: Promise<Sandbox>): Promise<{ it: Sandbox } & AsyncDisposable> {
  const it = await starting;
  return { it, [Symbol.asyncDispose]: () => it.close() };
}
