import { type Config, loadConfig, platformOf } from '../../config.ts';
import type { Context } from '../../program/context.ts';
import type { Field } from '../../core/stream/fields.ts';
import { type JsonSchema, fieldSchema, recordSchema } from '../../core/stream/json-schema.ts';
import { type Stream, cursorFieldOf, isOffered, keyFieldOf, omission } from '../../core/stream/stream.ts';
import type { CatalogStream } from '../protocol/messages.ts';
import { openAirbyteOutput, warnOfConfig } from '../protocol/output.ts';

/**
 * Prints the catalog, which depends only on the config, so no request is sent. With `configured`, prints a configured catalog with
 * one stream per line instead of messages, and writes warnings to stderr.
 */
export async function runDiscover(
  context: Context,
  configPath: string,
  debug: boolean,
  configured = false,
): Promise<number> {
  if (configured) return printConfigured(context, configPath);
  const output = openAirbyteOutput(context, 'discover', debug);
  const config = await loadConfig(configPath, warnOfConfig(context, output));
  const { available, omissions } = streamsFor(config);
  for (const sentence of omissions) {
    output.log('info', sentence);
    context.terminal?.write(`${sentence}\n`);
  }
  output.send({ type: 'CATALOG', catalog: { streams: available.map(catalogStream) } });
  return 0;
}

async function printConfigured({ stderr, writer }: Context, configPath: string): Promise<number> {
  const config = await loadConfig(configPath, (sentence) => stderr(`Warning: ${sentence}\n`));
  const { available, omissions } = streamsFor(config);
  for (const sentence of omissions) stderr(`${sentence}\n`);
  const lines = available.map((definition) => {
    const stream = catalogStream(definition);
    const sync_mode = stream.supported_sync_modes.at(-1);
    return JSON.stringify({ stream, sync_mode, destination_sync_mode: 'append' });
  });
  writer.line(`{"streams":[\n${lines.join(',\n')}\n]}\n`);
  return 0;
}

/** The streams that are available with this config, and a sentence about each unavailable stream. */
function streamsFor(config: Config): { available: Stream[]; omissions: string[] } {
  const { streams } = platformOf(config);
  const available = streams.filter((stream) => isOffered(stream, config.platform));
  return { available, omissions: streams.filter((stream) => !available.includes(stream)).map(omission) };
}

/** A stream as listed in the catalog. */
export function catalogStream(definition: Stream): CatalogStream {
  const { name, fields } = definition;
  const cursorField = cursorFieldOf(definition);
  const common = {
    name,
    json_schema: { $schema: 'http://json-schema.org/draft-07/schema#', ...recordSchema(fields, schemaOf) },
    source_defined_primary_key: [[keyFieldOf(definition)]],
  };
  if (cursorField === undefined) return { ...common, supported_sync_modes: ['full_refresh'] };
  return {
    ...common,
    supported_sync_modes: ['full_refresh', 'incremental'],
    source_defined_cursor: true,
    default_cursor_field: [cursorField],
    is_resumable: true,
  };
}

function schemaOf(field: Field): JsonSchema {
  const { kind, properties } = field;
  const schema = fieldSchema(field);
  switch (kind) {
    case 'timestamp':
      return { ...schema, airbyte_type: 'timestamp_with_timezone' };
    case 'object':
      return { ...schema, ...objectSchema(properties) };
    case 'list':
      return { ...schema, items: properties === undefined ? { type: ['null', 'string'] } : objectSchema(properties) };
    default:
      return schema;
  }
}

function objectSchema(properties: Record<string, Field> = {}): JsonSchema {
  return { ...recordSchema(properties, schemaOf), type: ['null', 'object'] };
}
