import { loadConfig, offeredStreams, platformOf } from '../../config.ts';
import type { Context } from '../../program/context.ts';
import type { Field } from '../../core/stream/fields.ts';
import { type JsonSchema, fieldSchema, recordSchema } from '../../core/stream/json-schema.ts';
import { type Stream, cursorFieldOf, keyFieldOf, omission } from '../../core/stream/stream.ts';
import { openAirbyteOutput } from '../protocol/output.ts';

/** Prints the catalog, which depends only on the config. With `configured`, prints a configured catalog, and writes warnings to stderr. */
export async function runDiscover(context: Context, configPath: string, configured = false): Promise<number> {
  const output = configured ? undefined : openAirbyteOutput(context, 'discover');
  const tell = (level: 'info' | 'warn', text: string): void =>
    output === undefined ? context.stderr(`${level === 'warn' ? 'Warning: ' : ''}${text}\n`) : output.tell(level, text);
  const config = await loadConfig(configPath, (sentence) => tell('warn', sentence));
  const available = offeredStreams(config);
  for (const stream of platformOf(config).streams) if (!available.includes(stream)) tell('info', omission(stream));
  const catalog = available.map(catalogStream);
  if (output === undefined) {
    const lines = catalog.map((stream) => {
      const sync_mode = stream.supported_sync_modes.at(-1);
      return JSON.stringify({ stream, sync_mode, destination_sync_mode: 'append' });
    });
    context.writer.line(`{"streams":[\n${lines.join(',\n')}\n]}\n`);
  } else output.send({ type: 'CATALOG', catalog: { streams: catalog } });
  return 0;
}

/** The stream as an entry of Airbyte's catalog. */
export function catalogStream(definition: Stream) {
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
