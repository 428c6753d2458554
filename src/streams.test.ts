import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { catalogStream } from './airbyte/commands/discover.ts';
import type { Stream } from './core/stream/stream.ts';
import { STREAMS } from './streams.ts';

type Schema = { [keyword: string]: unknown; properties?: Record<string, Schema>; items?: Schema };

/** All nested properties of a schema, with their paths. */
function nested(schema: Schema, path: string): [path: string, schema: Schema][] {
  const parts = Object.entries(schema.properties ?? {}).flatMap(([name, part]): [string, Schema][] => [
    [`${path}.${name}`, part],
    ...nested(part, `${path}.${name}`),
  ]);
  return [...parts, ...(schema.items === undefined ? [] : nested(schema.items, `${path}[]`))];
}

describe.each(Object.entries(STREAMS))('the streams of %s', (platform, streams) => {
  test('are each defined in a file of the same name', async () => {
    const folder = join(import.meta.dirname, 'platforms', platform.replace('_', '-'), 'streams');
    const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
    const files = names.filter((name) => name !== 'all' && name !== 'index' && !name.endsWith('.test'));
    for (const file of files) {
      const exported = Object.values((await import(join(folder, `${file}.ts`))) as Record<string, Stream>);
      expect(exported, file).toHaveLength(1);
      expect(exported[0]?.name, file).toBe(file.replaceAll('-', '_'));
      expect(streams, file).toContain(exported[0]);
    }
    expect(files).toHaveLength(streams.length);
  });

  test.each(streams.map((stream) => [stream.name, stream] as const))(
    'include %s, whose schema is valid, allows nulls, and describes every property',
    (name, stream) => {
      const schema = catalogStream(stream).json_schema as Schema;
      expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
      for (const [field, property] of Object.entries(schema.properties ?? {})) {
        expect(property['type'], field).toEqual(['null', expect.any(String)]);
      }
      for (const [path, part] of nested(schema, name)) {
        expect(part['description'], path).toMatch(/\w{2}/);
        // Destinations keep a timestamp's time zone only if the schema declares `timestamp_with_timezone`.
        if (path.endsWith('_at')) {
          expect(part, path).toMatchObject({ format: 'date-time', airbyte_type: 'timestamp_with_timezone' });
        }
      }
      expect(stream.description).toMatch(/^[A-Z].*\.$/);
    },
  );

  test("contain the deployment's id if they are per-deployment streams", () => {
    // IBM's streams of roles aren't per-deployment streams, because a policy may cover all deployments.
    const isReport = ({ name }: Stream): boolean =>
      name.startsWith('deployments_') && (platform === 'compose' || !name.endsWith('roles'));
    const reports = streams.filter(isReport);
    for (const { name, fields } of reports) expect(fields, name).toHaveProperty('deployment_id');
    expect(reports).toHaveLength(platform === 'compose' ? 8 : 10);
  });

  test('are limited by start_date only if they contain events, recipes or backups', () => {
    const dated = streams.filter(({ startDateField }) => startDateField !== undefined);
    expect(dated.map(({ name, startDateField }) => [name, startDateField])).toEqual([
      ['audit_events', 'created_at'],
      ['deployments_backups', 'created_at'],
      ['deployments_recipes', platform === 'compose' ? 'updated_at' : 'created_at'],
    ]);
  });
});
