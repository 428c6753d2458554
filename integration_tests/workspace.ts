import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streams } from '../src/streams/index.ts';
import { catalogStream } from '../src/sync/catalog-stream.ts';
import { parseTranscript } from './acceptance/transcript.ts';
import { violationsOf } from './acceptance/referee.ts';
import type { Violation } from './acceptance/violation.ts';
import { type Finished, type RunOptions, runConnector } from './run-connector.ts';

export type Mode = 'full_refresh' | 'incremental';
type Data = Record<string, unknown>;

export interface ConfiguredCatalog {
  streams: Array<{ stream: Data & { name: string }; sync_mode: string; destination_sync_mode: string }>;
}

/** A read that has ended, taken apart, and judged by the rules of the protocol. */
export interface ReadResult extends Finished {
  messages: ReadonlyArray<{ type: string } & Record<string, unknown>>;
  records: Map<string, Data[]>;
  /** The last state of each stream, as a state file takes it. */
  states: object[];
  errors: Array<{
    message: string;
    failure_type: string;
    internal_message?: string;
    stream_descriptor?: { name: string };
  }>;
  logs: Array<{ level: string; message: string }>;
  violations: Violation[];
}

/** A folder with the files that a client writes for a command. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'source-compose-test-'));
  #files = 0;

  file(name: string, content: string | object): string {
    const path = join(this.folder, `${(this.#files += 1)}-${name}`);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** Reads by the built program. `state` is the content of the state file; none: no state file. */
  async read(
    config: object,
    catalog: ConfiguredCatalog,
    state?: string | object,
    options?: RunOptions,
  ): Promise<ReadResult> {
    const args = [
      'read',
      '--config',
      this.file('config.json', config),
      '--catalog',
      this.file('catalog.json', catalog),
    ];
    if (state !== undefined) args.push('--state', this.file('state.json', state));
    const finished = await runConnector(args, options);
    return judge(finished, catalog, options?.killAfterLines?.signal);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A configured catalog of these streams, or of all; one that has no cursor is read in full whatever is asked. */
export function catalogOf(mode: Mode, names: string[] = streams.map(({ name }) => name)): ConfiguredCatalog {
  return {
    streams: streams
      .filter(({ name }) => names.includes(name))
      .map((definition) => {
        const stream = catalogStream(definition);
        const sync_mode = stream.supported_sync_modes.includes(mode) ? mode : 'full_refresh';
        return { stream: { ...stream }, sync_mode, destination_sync_mode: 'append' };
      }),
  };
}

export function judge(finished: Finished, catalog: ConfiguredCatalog, signal: NodeJS.Signals | undefined): ReadResult {
  const transcript = parseTranscript(finished.stdout);
  const result: ReadResult = {
    ...finished,
    messages: transcript.messages,
    records: new Map(),
    states: [],
    errors: [],
    logs: [],
    violations: violationsOf({
      command: 'read',
      transcript,
      exitCode: finished.exitCode,
      stderr: finished.stderr,
      configuredCatalog: catalog,
      signal: signal as never,
    }),
  };
  const states = new Map<string, object>();
  for (const message of transcript.messages) {
    if (message.type === 'RECORD') {
      const { stream, data } = message.record;
      const rows = result.records.get(stream) ?? [];
      rows.push(data);
      result.records.set(stream, rows);
    } else if (message.type === 'STATE') {
      const state = message.state as { stream: { stream_descriptor: { name: string } } };
      states.set(state.stream.stream_descriptor.name, message.state);
    } else if (message.type === 'LOG') {
      result.logs.push(message.log);
    } else if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      result.errors.push(message.trace.error as never);
    }
  }
  result.states = [...states.values()];
  return result;
}

/** The value of a stream's primary key in one of its records; deployments_addons has none but this. */
function keyOf(stream: string, data: Data): string {
  const key = streams.find(({ name }) => name === stream)?.primaryKey;
  return key === undefined ? `${String(data['deployment_id'])}/${String(data['id'])}` : String(data[key]);
}

export function keysRead(result: ReadResult, stream: string): string[] {
  return (result.records.get(stream) ?? []).map((data) => keyOf(stream, data));
}

/** Records by stream, as the sandbox counts them. */
export function countsRead(result: ReadResult): Record<string, number> {
  return Object.fromEntries(streams.map(({ name }) => [name, result.records.get(name)?.length ?? 0]));
}
