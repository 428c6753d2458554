import { placeOf, schemaNodes, typesOf, type JsonSchema } from './schema-nodes.ts';

const types = new Set<unknown>(['null', 'string', 'number', 'integer', 'boolean', 'object', 'array']);

// Which airbyte_type goes with which type and format.
const airbyteTypes: Readonly<Record<string, { readonly type: string; readonly format?: string }>> = {
  timestamp_with_timezone: { type: 'string', format: 'date-time' },
  timestamp_without_timezone: { type: 'string', format: 'date-time' },
  time_with_timezone: { type: 'string', format: 'time' },
  time_without_timezone: { type: 'string', format: 'time' },
  integer: { type: 'number' },
};

/** Types, formats and airbyte_types that no destination knows, as sentences. */
export function unknownTypes(schema: JsonSchema): string[] {
  return schemaNodes(schema).flatMap((node) => {
    const found: string[] = [];
    const { format, airbyte_type: airbyteType } = node.schema;
    const named = typesOf(node.schema);
    for (const type of named) if (!types.has(type)) found.push(`has the type ${String(type)}`);
    const isTime = format === 'time' && airbyteType !== undefined;
    if (format !== undefined && format !== 'date' && format !== 'date-time' && !isTime) {
      found.push(`has the format ${JSON.stringify(format)}`);
    }
    if (airbyteType !== undefined) {
      const due = typeof airbyteType === 'string' ? airbyteTypes[airbyteType] : undefined;
      if (!due || !named.includes(due.type) || format !== due.format) {
        found.push(`has the airbyte_type ${JSON.stringify(airbyteType)}, which does not fit its type and format`);
      }
    }
    return found.map((problem) => `${placeOf(node)} ${problem}.`);
  });
}
