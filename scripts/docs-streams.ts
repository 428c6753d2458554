import { catalogStream } from '../src/sync/catalog-stream.ts';
import type { StreamDefinition } from '../src/sync/stream.ts';
import { streams } from '../src/streams/index.ts';
import { code, table } from './docs-table.ts';

/** The table of all streams; each name links to the table of its fields, which stands on `page`. */
export function streamsTable(page: string): string {
  return table(
    ['Stream', 'What it holds', 'API path', 'Primary key', 'Sync modes', 'Cursor'],
    streams.map((stream) => [
      `[${stream.name}](${page}#${stream.name})`,
      stream.description,
      code(apiPath(stream)),
      stream.primaryKey === undefined ? 'none' : code(stream.primaryKey),
      modesOf(stream),
      stream.cursorField === undefined ? '' : code(stream.cursorField),
    ]),
  );
}

/** Where the report lies below base_url, with `{id}` for a deployment's id. */
function apiPath({ reading }: StreamDefinition): string {
  const path = reading.kind === 'per_deployment' ? reading.path('ID').replace('ID', '{id}') : reading.path;
  return `/${path}`;
}

function modesOf(stream: StreamDefinition): string {
  const modes = catalogStream(stream).supported_sync_modes.join(', ').replaceAll('_', ' ');
  return modes.charAt(0).toUpperCase() + modes.slice(1);
}
