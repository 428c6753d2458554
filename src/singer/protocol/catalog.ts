import type { Field } from '../../core/stream/fields.ts';
import { type Stream, cursorFieldOf, keyFieldOf } from '../../core/stream/stream.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** A stream in the catalog that `--discover` prints. */
export interface CatalogEntry {
  tap_stream_id: string;
  stream: string;
  key_properties: string[];
  replication_key?: string;
  replication_method: 'INCREMENTAL' | 'FULL_TABLE';
  schema: JsonSchema;
  metadata: Array<{ breadcrumb: string[]; metadata: Record<string, unknown> }>;
}

/** The stream's entry in the catalog, with everything selected. */
export function catalogEntry(definition: Stream): CatalogEntry {
  const { name, fields } = definition;
  const primaryKey = keyFieldOf(definition);
  const cursorField = cursorFieldOf(definition);
  const method = cursorField === undefined ? 'FULL_TABLE' : 'INCREMENTAL';
  return {
    tap_stream_id: name,
    stream: name,
    key_properties: [primaryKey],
    ...(cursorField === undefined ? {} : { replication_key: cursorField }),
    replication_method: method,
    schema: recordSchema(fields),
    metadata: [
      {
        breadcrumb: [],
        metadata: {
          inclusion: 'available',
          'selected-by-default': true,
          'table-key-properties': [primaryKey],
          // Not forced for an incremental stream, because users may choose FULL_TABLE.
          ...(cursorField === undefined
            ? { 'forced-replication-method': method }
            : { 'valid-replication-keys': [cursorField], 'replication-key': cursorField }),
        },
      },
      ...Object.keys(fields).map((field) => ({
        breadcrumb: ['properties', field],
        metadata: { inclusion: isAlwaysIn(definition, field) ? 'automatic' : 'available', 'selected-by-default': true },
      })),
    ],
  };
}

/** Whether the field is always included: the primary key or the cursor field. */
export function isAlwaysIn(definition: Stream, field: string): boolean {
  return field === keyFieldOf(definition) || field === cursorFieldOf(definition);
}

/**
 * The schema of records with these fields: everything is nullable, nothing is required, other fields are allowed. The
 * content of objects and lists isn't declared, because targets validate it and fail at the first mismatch.
 */
export function recordSchema(fields: Readonly<Record<string, Field>>): JsonSchema {
  const properties = Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]);
  return { type: 'object', additionalProperties: true, properties: Object.fromEntries(properties) as JsonSchema };
}

function schemaOf({ kind, description }: Field): JsonSchema {
  switch (kind) {
    case 'text':
      return { type: ['null', 'string'], description };
    case 'timestamp':
      return { type: ['null', 'string'], format: 'date-time', description };
    case 'object':
      return { type: ['null', 'object'], additionalProperties: true, description };
    case 'list':
      return { type: ['null', 'array'], description };
    default:
      return { type: ['null', kind], description };
  }
}
