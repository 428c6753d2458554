import { fieldSchema, recordSchema } from '../../core/stream/json-schema.ts';
import { type Stream, cursorFieldOf, keyFieldOf } from '../../core/stream/stream.ts';

/** The catalog entry of a stream, with everything selected. */
export function catalogEntry(definition: Stream) {
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
    // Omit the schemas of nested values, because targets would validate these values and fail at the first mismatch.
    schema: recordSchema(fields, fieldSchema),
    metadata: [
      {
        breadcrumb: [],
        metadata: {
          inclusion: 'available',
          'selected-by-default': true,
          'table-key-properties': [primaryKey],
          // The method of an incremental stream isn't forced, because users may choose FULL_TABLE.
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

/** Whether the field is always included, as the primary key and the cursor field are. */
export function isAlwaysIn(definition: Stream, field: string): boolean {
  return field === keyFieldOf(definition) || field === cursorFieldOf(definition);
}
