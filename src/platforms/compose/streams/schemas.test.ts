import { keyFieldOf } from '../../../core/stream/stream.ts';
import { describe, expect, test } from 'vitest';
import { catalogStream } from '../../../airbyte/commands/discover.ts';
import { streams } from './index.ts';

type Schema = { [keyword: string]: unknown; properties?: Record<string, Schema>; items?: Schema };

/** Every schema inside, with the path to it. */
function nested(schema: Schema, path: string): [path: string, schema: Schema][] {
  const parts = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => nested(part, `${path}.${name}`));
  const items = schema.items === undefined ? [] : nested(schema.items, `${path}[]`);
  return [[path, schema], ...parts, ...items];
}

describe.each(streams.map((stream) => [stream.name, stream] as const))('%s', (name, stream) => {
  const schema = catalogStream(stream).json_schema as Schema;
  const all = nested(schema, name);

  test('describes every property', () => {
    for (const [path, part] of all) {
      if (part !== schema && !path.endsWith('[]')) expect(part['description'], path).toMatch(/^[A-Z].*\.$/);
    }
    expect(stream.description).toMatch(/^[A-Z].*\.$/);
  });

  test('declares timestamps so that destinations know the zone', () => {
    for (const [path, part] of all) {
      if (path.endsWith('_at')) {
        expect(part, path).toMatchObject({ format: 'date-time', airbyte_type: 'timestamp_with_timezone' });
      }
    }
  });
});

test('every deployment report says which deployment it is about', () => {
  const reports = streams.filter(({ name }) => name.startsWith('deployments_'));
  for (const { name, fields } of reports) expect(fields, name).toHaveProperty('deployment_id');
  expect(reports).toHaveLength(8);
});

test('a made key says that it is made', () => {
  const made = streams.filter(({ primaryKey }) => typeof primaryKey !== 'string');
  expect(made.map(({ name }) => name)).toEqual([
    'deployments_addons',
    'deployments_roles',
    'deployments_team_roles',
    'deployments_versions',
  ]);
  const descriptions = made.map((stream) => stream.fields[keyFieldOf(stream)]?.description);
  expect(descriptions.shift()).toMatch(/^Made by the connector: deployment_id and /);
  for (const description of descriptions) expect(description).toMatch(/^Made by the connector: deployment_id\//);
});
