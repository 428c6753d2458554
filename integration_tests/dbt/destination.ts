import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configure } from '../../test-support/catalogs.ts';
import { startConnector } from '../../test-support/connector.ts';
import { type MessageOf, contentsOf, firstOf, messagesOf } from '../../test-support/transcript.ts';
import type { Postgres } from '../clients/postgres.ts';

// Creates tables with the types that Airbyte's destination-postgres uses. A full refresh overwrites the table once its stream is complete.
// Records of an incremental sync replace the rows with the same primary keys. This code follows Airbyte's documentation, because the
// destination is published only as a container image.

interface Property {
  type: string | string[];
  format?: string;
}

type Declared = MessageOf<'CATALOG'>['catalog']['streams'][number] & {
  json_schema: { properties: Record<string, Property> };
};

const TYPES: Readonly<Record<string, string>> = {
  array: 'jsonb',
  boolean: 'boolean',
  integer: 'bigint',
  number: 'numeric',
  object: 'jsonb',
  string: 'varchar',
};

function columnType({ type, format }: Property): string {
  if (format === 'date-time') return 'timestamptz';
  return TYPES[[type].flat().find((one) => one !== 'null') ?? ''] ?? 'varchar';
}

/** Syncs once into a schema, from the last sync's state. Returns the read's exit code. */
export async function loadAsAirbyte(
  { folder, schema, config, env }: { folder: string; schema: string; config: string; env: NodeJS.ProcessEnv },
  postgres: Postgres,
): Promise<number | null> {
  const discovery = await startConnector(['discover', '--config', config], { env }).finished;
  const streams = firstOf(messagesOf(discovery.stdout), 'CATALOG').catalog.streams as Declared[];
  const path = (name: string): string => join(folder, `${schema}-${name}`);
  const catalog = configure(streams, 'incremental', { full_refresh: 'overwrite', incremental: 'append_dedup' });
  writeFileSync(path('catalog.json'), JSON.stringify(catalog));
  const states = knownStates(path('state.json'));
  const read = ['read', '--config', config, '--catalog', path('catalog.json'), '--state', path('state.json')];
  const { exitCode, stdout } = await startConnector(read, { env }).finished;
  const messages = messagesOf(stdout);
  for (const state of contentsOf(messages).states) states.set(state.stream.stream_descriptor.name, state);
  writeFileSync(path('state.json'), JSON.stringify([...states.values()]));

  const complete = new Set(
    messages.flatMap((message) => {
      if (message.type !== 'TRACE' || message.trace.type !== 'STREAM_STATUS') return [];
      const { status, stream_descriptor: stream } = message.trace.stream_status;
      return status === 'COMPLETE' ? [stream.name] : [];
    }),
  );
  const rows = Map.groupBy(
    messages.flatMap((message) => (message.type === 'RECORD' ? [message.record] : [])),
    ({ stream }) => stream,
  );
  const statements = catalog.streams.map(({ stream, sync_mode: mode }) => {
    const isFull = mode === 'full_refresh';
    const records = isFull && !complete.has(stream.name) ? undefined : (rows.get(stream.name) ?? []);
    return tableText(schema, stream as Declared, isFull, records);
  });
  const script = path('load.sql');
  writeFileSync(script, `create schema if not exists ${schema};\n${statements.join('\n')}`);
  await postgres.run(script);
  return exitCode;
}

function knownStates(file: string): Map<string, ReturnType<typeof contentsOf>['states'][number]> {
  try {
    const states = JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof contentsOf>['states'];
    return new Map(states.map((state) => [state.stream.stream_descriptor.name, state]));
  } catch {
    writeFileSync(file, '[]');
    return new Map();
  }
}

/**
 * The SQL that creates the table if it doesn't exist, and writes the records. If `records` is undefined, the SQL only creates the table.
 */
function tableText(
  schema: string,
  { name, json_schema: { properties }, source_defined_primary_key: key }: Declared,
  isFull: boolean,
  records: ReadonlyArray<MessageOf<'RECORD'>['record']> | undefined,
): string {
  const own = Object.entries(properties).map(([column, property]) => `"${column}" ${columnType(property)}`);
  const meta = ['_airbyte_raw_id varchar', '_airbyte_extracted_at timestamptz', '_airbyte_meta jsonb'];
  const table = `${schema}."${name}"`;
  const create = `create table if not exists ${table} (${[...meta, '_airbyte_generation_id bigint', ...own].join(', ')});`;
  if (records === undefined) return create;
  const keyField = key?.[0]?.[0] ?? '';
  const latest = new Map(records.map((record) => [record.data[keyField], record]));
  const rows = [...latest.values()].map(({ data, emitted_at: at }, i) => ({
    ...data,
    _airbyte_raw_id: `${at}-${i}`,
    _airbyte_extracted_at: new Date(at).toISOString(),
    _airbyte_meta: { changes: [] },
    _airbyte_generation_id: 0,
  }));
  const json = `jsonb_populate_recordset(null::${table}, $json$${JSON.stringify(rows)}$json$)`;
  const remove = `delete from ${table}${isFull ? '' : ` where "${keyField}" in (select "${keyField}" from ${json})`};`;
  return `${create}\n${remove}\ninsert into ${table} select * from ${json};`;
}
