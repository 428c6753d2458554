import type { CatalogStream } from './messages.ts';
import { recordSchema } from '../core/fields.ts';
import type { StreamDefinition } from '../core/stream.ts';

/** The stream as discover offers it. */
export function catalogStream({ name, fields, primaryKey, cursorField }: StreamDefinition): CatalogStream {
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
  if (primaryKey !== undefined) stream.source_defined_primary_key = [[primaryKey]];
  return stream;
}
