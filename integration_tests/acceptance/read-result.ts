import type { CommandRun } from './command-run.ts';
import type { ConfiguredCatalog, DiscoveredCatalog, DiscoveredStream } from './catalog-schema.ts';
import { fieldValue } from './field-value.ts';
import type { RecordMessage, StateMessage } from './message-schema.ts';

/** The records of one stream, or of all. */
export function recordsOf(run: CommandRun, stream?: string): RecordMessage[] {
  return run.transcript.messages
    .flatMap((message) => (message.type === 'RECORD' ? [message.record] : []))
    .filter((record) => stream === undefined || record.stream === stream);
}

/** The STATE messages of one stream, or of all. */
export function statesOf(run: CommandRun, stream?: string): StateMessage[] {
  return run.transcript.messages
    .flatMap((message) => (message.type === 'STATE' ? [message.state] : []))
    .filter((state) => stream === undefined || state.stream.stream_descriptor.name === stream);
}

/** The state file that a client would hand to the next read: the last STATE of each stream. */
export function finalStates(run: CommandRun): StateMessage[] {
  return [...new Map(statesOf(run).map((state) => [state.stream.stream_descriptor.name, state])).values()];
}

/** The primary key of a record as text; a stream without a key is known by everything in the record. */
export function keyOf(stream: DiscoveredStream | undefined, { data }: RecordMessage): string {
  const paths = stream?.source_defined_primary_key;
  if (!paths) return JSON.stringify(Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return paths.map((path) => plainText(fieldValue(data, path))).join('/');
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** Everything that discover lists, read in full. */
export function fullRefreshOf(catalog: DiscoveredCatalog, left: readonly string[] = []): ConfiguredCatalog {
  return {
    streams: catalog.streams
      .filter(({ name }) => !left.includes(name))
      .map((stream) => ({ stream, sync_mode: 'full_refresh', destination_sync_mode: 'append' })),
  };
}

/** The same catalog with another sync mode for every stream. */
export function withSyncMode(catalog: ConfiguredCatalog, syncMode: string): ConfiguredCatalog {
  return { streams: catalog.streams.map((stream) => ({ ...stream, sync_mode: syncMode })) };
}

/** Only the streams that are to be read incrementally. */
export function incrementalOf(catalog: ConfiguredCatalog): ConfiguredCatalog {
  return { streams: catalog.streams.filter(({ sync_mode: mode }) => mode === 'incremental') };
}
