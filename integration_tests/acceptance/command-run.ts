import type { ConfiguredCatalog, ConfiguredStream, DiscoveredCatalog, DiscoveredStream } from './catalog-schema.ts';
import type { Transcript } from './transcript.ts';

export type Command = 'spec' | 'check' | 'discover' | 'read';

/** One command that has ended, with everything the referee needs to judge it. */
export interface CommandRun {
  readonly command: Command;
  readonly transcript: Transcript;
  /** null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly stderr: string;
  /** What read was given. */
  readonly configuredCatalog?: ConfiguredCatalog | undefined;
  /** What discover says; without it the streams of the configured catalog are taken at their word. */
  readonly discoveredCatalog?: DiscoveredCatalog | undefined;
  /** The signal that was sent while it ran: an interrupted read may leave streams unfinished, but never exits 0. */
  readonly signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL' | undefined;
}

/** What a read should know of one stream, from discover where there is one. */
export interface ExpectedStream {
  readonly name: string;
  readonly syncMode: string;
  /** An entry that the source has to refuse with a config_error: unknown stream, unknown sync mode, named twice. */
  readonly refused: boolean;
  readonly primaryKey: readonly (readonly string[])[];
  /** undefined where neither discover nor the client says. */
  readonly fullRefreshOnly: boolean | undefined;
  /** The declared top-level fields, known only from discover, because clients prune the schemas they send. */
  readonly fields: ReadonlySet<string> | undefined;
}

/** The streams of the configured catalog, each name once. */
export function expectedStreams(run: CommandRun): Map<string, ExpectedStream> {
  const expected = new Map<string, ExpectedStream>();
  for (const configured of run.configuredCatalog?.streams ?? []) {
    const name = configured.stream.name;
    const discovered = run.discoveredCatalog?.streams.find((stream) => stream.name === name);
    const stream = expectedStream(configured, discovered, run.discoveredCatalog !== undefined);
    expected.set(name, expected.has(name) ? { ...stream, refused: true } : stream);
  }
  return expected;
}

function expectedStream(
  configured: ConfiguredStream,
  discovered: DiscoveredStream | undefined,
  isDiscovered: boolean,
): ExpectedStream {
  const syncModes = discovered?.supported_sync_modes ?? configured.stream.supported_sync_modes ?? [];
  const knownMode = configured.sync_mode === 'full_refresh' || configured.sync_mode === 'incremental';
  const properties = discovered?.json_schema['properties'];
  return {
    name: configured.stream.name,
    syncMode: configured.sync_mode,
    refused: !knownMode || (isDiscovered && discovered === undefined),
    primaryKey: (discovered ?? configured.stream).source_defined_primary_key ?? [],
    fullRefreshOnly: syncModes.length === 0 ? undefined : !syncModes.some((mode) => mode === 'incremental'),
    fields: properties === undefined ? undefined : new Set(Object.keys(properties as object)),
  };
}
