import type { StreamDefinition } from '../src/sync/stream.ts';
import { streams } from '../src/streams/index.ts';
import { code, table } from './docs-table.ts';

/** What the catalog's schema says of one field, as sync/fields.ts makes it. */
interface Shape {
  type: readonly ['null', string];
  description?: string;
  format?: string;
  items?: Shape;
  properties?: Record<string, Shape>;
}

/** A heading and a table of fields for each stream, with what is known of the insides of lists and objects. */
export function fieldTables(): string {
  return streams.map((stream) => `#### ${stream.name}\n\n${about(stream)}\n\n${fieldTable(stream)}`).join('\n\n');
}

function about({ description, primaryKey, cursorField }: StreamDefinition): string {
  const key = primaryKey === undefined ? 'It has no primary key.' : `Primary key: ${code(primaryKey)}.`;
  return `${description} ${key}${cursorField === undefined ? '' : ` Cursor: ${code(cursorField)}.`}`;
}

function fieldTable({ fields }: StreamDefinition): string {
  const rows = Object.entries(fields).flatMap(([name, { schema }]) => rowsOf(name, schema as unknown as Shape));
  return table(['Field', 'Type', 'Description'], rows);
}

function rowsOf(name: string, shape: Shape): string[][] {
  const inside = Object.entries((shape.items ?? shape).properties ?? {});
  const parent = shape.items === undefined ? name : `${name}[]`;
  return [
    [code(name), typeName(shape), shape.description ?? ''],
    ...inside.flatMap(([key, part]) => rowsOf(`${parent}.${key}`, part)),
  ];
}

function typeName({ type, format, items }: Shape): string {
  if (items !== undefined) return `list of ${typeName(items)}s`;
  return format === 'date-time' ? 'timestamp' : type[1];
}
