import type {
  ConfiguredCatalog,
  ConfiguredStream,
  ErrorTrace,
  Message,
  RecordMessage,
  StateMessage,
  StreamStatusTrace,
} from './messages.ts';
import type { Transcript } from './transcript.ts';

type Command = 'spec' | 'check' | 'discover' | 'read';

/** A finished command, with all the data that the referee checks. */
export interface CommandRun {
  readonly command: Command;
  readonly transcript: Transcript;
  /** The exit code, or null if a signal ended the process. */
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly configuredCatalog?: ConfiguredCatalog | undefined;
  /** The signal that was sent to the process. An interrupted read may leave streams unfinished, but then it must not exit with 0. */
  readonly signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL' | undefined;
}

/** The expected behavior of a stream in a read. */
export interface ExpectedStream {
  readonly name: string;
  readonly syncMode: string;
  /**
   * Whether the source must reject this stream with a config_error, because the catalog lists the stream twice or with an unknown sync
   * mode.
   */
  readonly refused: boolean;
  readonly primaryKey: readonly (readonly string[])[];
  /** Whether the stream supports only full refresh. Undefined if the catalog lists no sync modes. */
  readonly fullRefreshOnly: boolean | undefined;
}

/** The expected behavior of each stream in the configured catalog, by name. */
export function expectedStreams(run: CommandRun): Map<string, ExpectedStream> {
  const expected = new Map<string, ExpectedStream>();
  for (const configured of run.configuredCatalog?.streams ?? []) {
    const name = configured.stream.name;
    const stream = expectedStream(configured);
    expected.set(name, expected.has(name) ? { ...stream, refused: true } : stream);
  }
  return expected;
}

function expectedStream({ stream, sync_mode: syncMode }: ConfiguredStream): ExpectedStream {
  const syncModes = stream.supported_sync_modes ?? [];
  return {
    name: stream.name,
    syncMode,
    refused: syncMode !== 'full_refresh' && syncMode !== 'incremental',
    primaryKey: stream.source_defined_primary_key ?? [],
    fullRefreshOnly: syncModes.length === 0 ? undefined : !syncModes.some((mode) => mode === 'incremental'),
  };
}

/** A message about one stream. `at` is the message's index in the command's output. */
export type StreamEvent =
  | { readonly kind: 'record'; readonly at: number; readonly record: RecordMessage }
  | { readonly kind: 'state'; readonly at: number; readonly state: StateMessage }
  | { readonly kind: 'status'; readonly at: number; readonly status: StreamStatusTrace; readonly emittedAt: number };

/** A TRACE ERROR, and its index in the command's output. */
export interface ErrorEvent {
  readonly at: number;
  readonly error: ErrorTrace;
}

/** A read's errors, and its records, states and statuses by stream, in printed order. */
export interface ReadEvents {
  readonly streams: ReadonlyMap<string, readonly StreamEvent[]>;
  readonly errors: readonly ErrorEvent[];
}

export function readEvents(messages: readonly Message[]): ReadEvents {
  const streams = new Map<string, StreamEvent[]>();
  const errors: ErrorEvent[] = [];
  const add = (name: string, event: StreamEvent): void => {
    const events = streams.get(name);
    if (events) events.push(event);
    else streams.set(name, [event]);
  };
  for (const [at, message] of messages.entries()) {
    if (message.type === 'RECORD') {
      add(message.record.stream, { kind: 'record', at, record: message.record });
    } else if (message.type === 'STATE') {
      add(message.state.stream.stream_descriptor.name, { kind: 'state', at, state: message.state });
    } else if (message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS') {
      const status = message.trace.stream_status;
      add(status.stream_descriptor.name, { kind: 'status', at, status, emittedAt: message.trace.emitted_at });
    } else if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      errors.push({ at, error: message.trace.error });
    }
  }
  return { streams, errors };
}

export function finalStatus(events: readonly StreamEvent[]): 'COMPLETE' | 'INCOMPLETE' | undefined {
  const ends = events.flatMap((event) => (event.kind === 'status' ? [event.status.status] : []));
  return ends.find((status) => status === 'COMPLETE' || status === 'INCOMPLETE');
}

/** Errors without a stream, which mean that the whole command failed. */
export function wholeRunErrors(errors: readonly ErrorEvent[]): ErrorEvent[] {
  return errors.filter(({ error }) => error.stream_descriptor === undefined);
}

/** Returns undefined if the record's data doesn't have this path. */
export function fieldValue(data: unknown, path: readonly string[]): unknown {
  let value = data;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** Whether a text contains `word` as a whole word, not only as part of a longer name. */
export function mentions(text: string, word: string): boolean {
  const escaped = word.replace(/[^\w]/g, '\\$&');
  return new RegExp(`(?<![\\w])${escaped}(?![\\w])`).test(text);
}
