import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, type StreamName, startSandbox } from '../../sandbox/server.ts';
import { ROOT, runConnector } from '../../test-support/connector.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { type ReadResult, judge } from '../reads.ts';
import { catalogBreaks, narrowings } from './compatibility.ts';
import { type JsonSchema, propertiesOf, validatorOf } from './json-schema.ts';
import type { DiscoveredCatalog, Message } from './messages.ts';
import { violationsOf } from './referee.ts';
import { sampleFile } from './sample-files.ts';
import { parseTranscript } from './transcript.ts';

// Tests the sample files listed in acceptance-test-config.yml. Airbyte's own suite tests the image with these files.

let sandbox: Sandbox;
let workspace: Workspace;
let catalog: DiscoveredCatalog;

beforeAll(async () => {
  sandbox = await startSandbox({ auditEvents: 1300, deployments: 6, recipes: 100 });
  workspace = new Workspace();
  catalog = (await only('discover', 'CATALOG', '--config', sample('sample_config'))).catalog;
});
afterAll(async () => {
  workspace.remove();
  await sandbox.close();
});

const sample = (name: string): string => workspace.file(`${name}.json`, sampleFile(name, sandbox));

/** Runs a command that must follow the protocol and print a single message of the given type. */
async function only<T extends Message['type']>(
  command: 'spec' | 'check' | 'discover',
  type: T,
  ...args: string[]
): Promise<Extract<Message, { type: T }>> {
  const { stdout, stderr, exitCode } = await runConnector([command, ...args]);
  const transcript = parseTranscript(stdout);
  expect(violationsOf({ command, transcript, exitCode, stderr })).toEqual([]);
  return transcript.messages.find((message) => message.type === type) as Extract<Message, { type: T }>;
}

/** Reads all streams that support the given sync mode, and checks the read. */
async function readAll(mode: 'full_refresh' | 'incremental', state?: string): Promise<ReadResult> {
  const all = catalog.streams.filter(({ supported_sync_modes: modes }) => modes.some((each) => each === mode));
  const configured = { streams: all.map((stream) => ({ stream, sync_mode: mode, destination_sync_mode: 'append' })) };
  const files = ['--config', sample('sample_config'), '--catalog', workspace.file('catalog.json', configured)];
  const finished = await runConnector(['read', ...files, ...(state === undefined ? [] : ['--state', sample(state)])]);
  const result = judge(finished, configured as never);
  expect(result.violations).toEqual([]);
  expect(result.exitCode).toBe(0);
  return result;
}

/** Returns a JSON file of the previous release, or undefined before the first release. */
function previousRelease(name: string): object | undefined {
  const path = join(ROOT, 'integration_tests/previous_release', name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object) : undefined;
}

describe('sample files in spec and check', () => {
  test('spec prints spec.json, and every config of the previous release remains valid', async () => {
    const { spec } = await only('spec', 'SPEC');
    expect(spec).toEqual(JSON.parse(readFileSync(join(ROOT, 'spec.json'), 'utf8')));
    const schema = spec.connectionSpecification;
    expect(validatorOf(schema)(sampleFile('sample_config', sandbox))).toEqual([]);
    const previous = (previousRelease('spec.json') ?? spec) as typeof spec;
    expect(narrowings(previous.connectionSpecification, schema)).toEqual([]);
  });

  test.each([
    ['sample_config', 'SUCCEEDED'],
    ['invalid_config', 'FAILED'],
  ])('check with %s prints %s', async (name, status) => {
    const { connectionStatus } = await only('check', 'CONNECTION_STATUS', '--config', sample(name));
    expect(connectionStatus.status).toBe(status);
  });
});

describe('sample files in discover', () => {
  test('every stream still fits the tables that the previous release created', () => {
    expect(catalogBreaks((previousRelease('catalog.json') ?? catalog) as DiscoveredCatalog, catalog)).toEqual([]);
  });

  // `npx vitest run integration_tests/airbyte -u` updates the snapshot.
  test('configured_catalog.json contains every stream as discover describes it', async () => {
    const streams = catalog.streams.map((stream) => ({
      stream,
      sync_mode: stream.supported_sync_modes.at(-1),
      destination_sync_mode: 'append_dedup',
      ...(stream.default_cursor_field && { cursor_field: stream.default_cursor_field }),
      primary_key: stream.source_defined_primary_key,
    }));
    const text = await format(JSON.stringify({ streams }), { parser: 'json', printWidth: 120 });
    await expect(text).toMatchFileSnapshot(join(ROOT, 'integration_tests/configured_catalog.json'));
  });
});

// Fields without a value in any record. The sandbox never sets these fields, or sets them only in responses that the tests don't request.
const ABSENT: Record<string, readonly string[]> = {
  deployments: ['provision_recipe_id'],
  deployments_backups: ['download_link'],
  deployments_recipes: ['source_user', 'source_reason'],
};

describe('sample files in read', () => {
  test('every record matches its schema, and every declared field has a value in at least one record', async () => {
    const { records } = await readAll('full_refresh');
    for (const { name, json_schema: schema } of catalog.streams) {
      const rows = records.get(name) ?? [];
      expect(rows.flatMap(validatorOf(strictly(schema))), name).toEqual([]);
      const never = Object.keys(propertiesOf(schema)).filter((field) =>
        rows.every((row) => (row[field] ?? null) === null),
      );
      expect(never, name).toEqual(ABSENT[name] ?? []);
      expect(rows, name).toHaveLength(sandbox.counts()[name as StreamName]);
    }
  });

  test('a read from sample_state.json emits only newer records', async () => {
    const [all, rest] = [await readAll('incremental'), await readAll('incremental', 'sample_state')];
    for (const [name, rows] of all.records) {
      expect(rest.records.get(name)?.length, name).toBeGreaterThan(0);
      expect(rest.records.get(name)?.length, name).toBeLessThan(rows.length);
    }
  });

  test('a read from abnormal_state.json (year 9999) emits only undated records, and its states match the input', async () => {
    const { records, states } = await readAll('incremental', 'abnormal_state');
    for (const { name, default_cursor_field: [cursor = ''] = [] } of catalog.streams) {
      expect(
        (records.get(name) ?? []).filter((row) => cursor !== '' && (row[cursor] ?? null) !== null),
        name,
      ).toEqual([]);
    }
    const given = sampleFile('abnormal_state', sandbox) as { stream: object }[];
    expect(states.map(({ stream }) => stream)).toMatchObject(given.map(({ stream }) => stream));
  });
});

/** Makes the schema reject undeclared fields. */
function strictly(schema: JsonSchema): JsonSchema {
  return { ...schema, additionalProperties: false };
}
