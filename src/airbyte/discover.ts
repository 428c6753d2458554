import { loadConfig, platformOf } from '../config.ts';
import type { Context } from '../core/context.ts';
import type { Field } from '../core/fields.ts';
import { type StreamDefinition, isOffered } from '../core/stream.ts';
import type { CatalogStream, JsonSchema } from './messages.ts';
import { openOutput, warnOfConfig } from './output.ts';

/** Prints the catalog, which follows from the config alone, so the API is not asked. */
export async function runDiscover(context: Context, configPath: string, debug: boolean): Promise<number> {
  const output = openOutput(context, 'discover', debug);
  const config = await loadConfig(configPath, warnOfConfig(context, output));
  const streams = platformOf(config).streams.filter((stream) => isOffered(stream, config.platform));
  output.send({ type: 'CATALOG', catalog: { streams: streams.map(catalogStream) } });
  return 0;
}

/** The stream as discover offers it. */
export function catalogStream({ name, fields, primaryKey, incremental }: StreamDefinition): CatalogStream {
  const stream: CatalogStream = {
    name,
    json_schema: recordSchema(fields),
    supported_sync_modes: incremental === undefined ? ['full_refresh'] : ['full_refresh', 'incremental'],
  };
  if (incremental !== undefined) {
    stream.source_defined_cursor = true;
    stream.default_cursor_field = [incremental.field];
    stream.is_resumable = true;
  }
  stream.source_defined_primary_key = [[primaryKey]];
  return stream;
}

/** The schema of a stream with these fields: everything nullable, nothing required, more allowed. */
export function recordSchema(fields: Record<string, Field>): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: schemas(fields),
  };
}

function schemaOf({ kind, description, properties }: Field): JsonSchema {
  switch (kind) {
    case 'text':
      return { type: ['null', 'string'], description };
    case 'timestamp':
      return {
        type: ['null', 'string'],
        format: 'date-time',
        airbyte_type: 'timestamp_with_timezone',
        description,
      };
    case 'object':
      return { ...objectSchema(properties ?? {}), description };
    case 'list': {
      const items = properties === undefined ? { type: ['null', 'string'] } : objectSchema(properties);
      return { type: ['null', 'array'], items, description };
    }
    default:
      return { type: ['null', kind], description };
  }
}

function objectSchema(properties: Record<string, Field>): JsonSchema {
  return { type: ['null', 'object'], additionalProperties: true, properties: schemas(properties) };
}

function schemas(fields: Record<string, Field>): JsonSchema {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]));
}
