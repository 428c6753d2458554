import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { inputFile, openTap } from '../../../test-support/unit/singer.ts';
import { STREAMS } from '../../streams.ts';
import { cursorFieldOf, keyFieldOf } from '../../core/stream/stream.ts';
import { catalogEntry } from './catalog.ts';
import { runDiscover } from '../modes/discover.ts';

const streams = STREAMS['compose'] ?? [];

const all = Object.entries(STREAMS).flatMap(([platform, list]) =>
  list.map((each) => [platform, each.name, each] as const),
);

describe.each(all)('on %s, the catalog entry of %s', (_platform, name, definition) => {
  const entry = catalogEntry(definition);
  const metadata = new Map(entry.metadata.map((each) => [each.breadcrumb.join('.'), each.metadata]));
  const { fields } = definition;
  const primaryKey = keyFieldOf(definition);
  const cursorField = cursorFieldOf(definition);

  test('contains the name, the key and the replication method', () => {
    expect(entry).toMatchObject({ tap_stream_id: name, stream: name, key_properties: [primaryKey] });
    expect(entry.replication_key).toBe(cursorField);
    expect(entry.replication_method).toBe(cursorField === undefined ? 'FULL_TABLE' : 'INCREMENTAL');
    expect(metadata.get('')).toEqual({
      inclusion: 'available',
      'selected-by-default': true,
      'table-key-properties': [primaryKey],
      ...(cursorField === undefined
        ? { 'forced-replication-method': 'FULL_TABLE' }
        : { 'replication-key': cursorField, 'valid-replication-keys': [cursorField] }),
    });
  });

  test('contains metadata for each field, with automatic inclusion only for the key and the cursor field', () => {
    expect([...metadata.keys()]).toEqual(['', ...Object.keys(fields).map((field) => `properties.${field}`)]);
    const automatic = [...metadata].filter(([, { inclusion }]) => inclusion === 'automatic').map(([path]) => path);
    const always = Object.keys(fields).filter((field) => field === primaryKey || field === cursorField);
    expect(automatic).toEqual(always.map((field) => `properties.${field}`));
  });

  test('contains a schema that omits the content of objects and lists, and uses only keywords that targets support', () => {
    expect(Object.keys(entry.schema['properties'] as object)).toEqual(Object.keys(fields));
    expect(entry.schema).toMatchObject({ type: 'object', additionalProperties: true });
    for (const property of Object.values(entry.schema['properties'] as Record<string, Record<string, unknown>>)) {
      expect(property['type']).toEqual(['null', expect.any(String)]);
      const rest = Object.keys(property).filter(
        (key) => !['type', 'format', 'description', 'additionalProperties'].includes(key),
      );
      expect(rest).toEqual([]);
    }
    new Ajv({ formats: { 'date-time': true } }).compile(entry.schema);
  });
});

describe('the option --discover', () => {
  const discover = async (configs: string[], env = {}): Promise<{ names: string[]; log: string[] }> => {
    const tap = openTap(env);
    expect(await runDiscover(tap.context, configs)).toBe(0);
    const { streams: entries } = JSON.parse(tap.stdout()) as { streams: Array<ReturnType<typeof catalogEntry>> };
    return { names: entries.map(({ stream }) => stream), log: tap.log() };
  };
  const names = streams.map(({ name }) => name);

  test.each<[string, () => string[]]>([
    ['an unfinished config', () => [inputFile({ platform: { name: 'compose' }, num_workers: 'x' })]],
    ["Compose's flat config", () => [inputFile({ api_token: 'token' })]],
    ['a config in the environment', () => ['ENV']],
  ])('prints the catalog if given %s', async (_, configs) => {
    expect(await discover(configs(), { TAP_COMPOSE_PLATFORM: '{"name":"compose"}' })).toEqual({ names, log: [] });
  });

  const advice = 'This catalog lists the streams of Compose. For IBM Cloud Databases, set platform.name to ibm_cloud.';
  test.each<[string, () => string[], string]>([
    ['no config', () => [], 'The config does not specify a platform.'],
    ['an empty config', () => [inputFile({})], 'The config does not specify a platform.'],
    [
      'an unknown platform',
      () => [inputFile({ platform: { name: 'ibm' } })],
      'The config specifies an unknown platform.',
    ],
    ['a missing file', () => ['/none'], 'The config file /none does not exist. Check the path.'],
  ])("prints Compose's catalog and a warning if given %s", async (_, configs, problem) => {
    expect(await discover(configs())).toEqual({ names, log: [`WARNING ${problem} ${advice}`] });
  });

  test('names an omitted stream only on a terminal', async () => {
    const tap = openTap();
    const seen: string[] = [];
    const terminal = { write: (line: string) => void seen.push(line), columns: () => 80 };
    const config = inputFile({ platform: { name: 'ibm_cloud', access_review: true, api_keys: true } });
    await runDiscover({ ...tap.context, terminal }, [config]);
    expect(seen).toEqual(['The stream audit_events is omitted. To read it, set the option platform.logs_instances.\n']);
    expect((await discover([config])).names).not.toContain('audit_events');
  });
});
