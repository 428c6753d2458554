import { type Config, loadConfig, platformOf } from '../../config.ts';
import type { Context } from '../../program/context.ts';
import type { Field } from '../../core/stream/fields.ts';
import { type Stream, cursorFieldOf, isOffered, keyFieldOf, omission } from '../../core/stream/stream.ts';
import type { CatalogStream, JsonSchema } from '../protocol/messages.ts';
import { openOutput, warnOfConfig } from '../protocol/output.ts';

/**
 * Prints the catalog. It follows from the config alone, so no request is sent. With `configured` it prints a configured
 * catalog in place of messages, one stream per line, and sends warnings to stderr.
 */
export async function runDiscover(
  context: Context,
  configPath: string,
  debug: boolean,
  configured = false,
): Promise<number> {
  if (configured) return printConfigured(context, configPath);
  const output = openOutput(context, 'discover', debug);
  const config = await loadConfig(configPath, warnOfConfig(context, output));
  const { offered, omitted } = streamsFor(config);
  for (const stream of omitted) {
    output.log('info', omission(stream));
    context.terminal?.write(`${omission(stream)}\n`);
  }
  output.send({ type: 'CATALOG', catalog: { streams: offered.map(catalogStream) } });
  return 0;
}

async function printConfigured({ stderr, writer }: Context, configPath: string): Promise<number> {
  const config = await loadConfig(configPath, (sentence) => stderr(`Warning: ${sentence}\n`));
  const { offered, omitted } = streamsFor(config);
  for (const stream of omitted) stderr(`${omission(stream)}\n`);
  const lines = offered.map((each) => {
    const stream = catalogStream(each);
    const sync_mode = stream.supported_sync_modes.at(-1);
    return JSON.stringify({ stream, sync_mode, destination_sync_mode: 'append' });
  });
  writer.line(`{"streams":[\n${lines.join(',\n')}\n]}\n`);
  return 0;
}

function streamsFor(config: Config): { offered: Stream[]; omitted: Stream[] } {
  const { streams } = platformOf(config);
  const [offered, omitted] = [true, false].map((wanted) =>
    streams.filter((stream) => isOffered(stream, config.platform) === wanted),
  ) as [Stream[], Stream[]];
  return { offered, omitted };
}

/** The stream as discover offers it. */
export function catalogStream(definition: Stream): CatalogStream {
  const { name, fields } = definition;
  const cursorField = cursorFieldOf(definition);
  const stream: CatalogStream = {
    name,
    json_schema: recordSchema(fields),
    supported_sync_modes: cursorField === undefined ? ['full_refresh'] : ['full_refresh', 'incremental'],
  };
  if (cursorField !== undefined) {
    stream.source_defined_cursor = true;
    stream.default_cursor_field = [cursorField];
    stream.is_resumable = true;
  }
  stream.source_defined_primary_key = [[keyFieldOf(definition)]];
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
