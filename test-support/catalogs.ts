import { streams } from '../src/platforms/compose/streams/index.ts';
import { catalogStream } from '../src/airbyte/commands/discover.ts';

export type SyncMode = 'full_refresh' | 'incremental';

/** A stream as `discover` lists it. */
export interface DiscoveredStream {
  name: string;
  supported_sync_modes: readonly string[];
  source_defined_primary_key?: readonly (readonly string[])[];
  default_cursor_field?: readonly string[];
}

export interface ConfiguredCatalog {
  streams: Array<{ stream: DiscoveredStream; sync_mode: string; destination_sync_mode: string }>;
}

/** Every Compose stream, in the order of `discover`. */
const STREAMS: readonly DiscoveredStream[] = streams.map(catalogStream);
export const STREAM_NAMES: readonly string[] = STREAMS.map(({ name }) => name);
/** The per-deployment streams of Compose. */
export const DEPLOYMENT_REPORTS: readonly string[] = STREAM_NAMES.filter((name) => name.startsWith('deployments_'));

/** A configured catalog of the given Compose streams (default: all). Streams without a cursor always use full refresh. */
export function catalogOf(mode: SyncMode, names: readonly string[] = STREAM_NAMES): ConfiguredCatalog {
  return configure(
    STREAMS.filter(({ name }) => names.includes(name)),
    mode,
  );
}

/** A configured catalog of discovered streams. `destination` specifies the destination mode for each sync mode. */
export function configure(
  discovered: readonly DiscoveredStream[],
  mode: SyncMode,
  destination: Readonly<Record<SyncMode, string>> = { full_refresh: 'append', incremental: 'append' },
): ConfiguredCatalog {
  return {
    streams: discovered.map((stream) => {
      const sync_mode = stream.supported_sync_modes.includes(mode) ? mode : 'full_refresh';
      return { stream: { ...stream }, sync_mode, destination_sync_mode: destination[sync_mode] };
    }),
  };
}

/** The primary key of a Compose record. */
export function keyOf(name: string, data: Readonly<Record<string, unknown>>): string {
  const field = STREAMS.find((stream) => stream.name === name)?.source_defined_primary_key?.[0]?.[0];
  return field === undefined ? `${String(data['deployment_id'])}/${String(data['id'])}` : String(data[field]);
}
