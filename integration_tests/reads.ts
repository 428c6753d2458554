import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/server.ts';
import { type ConfiguredCatalog, DEPLOYMENT_REPORTS, STREAM_NAMES, catalogOf } from '../test-support/catalogs.ts';
import { composeConfig } from '../test-support/configs.ts';
import { type ConnectorOptions, runConnector } from '../test-support/connector.ts';
import type { Finished } from '../test-support/processes.ts';
import { type Contents, type Message, contentsOf } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';
import { violationsOf } from './airbyte/referee.ts';
import { parseTranscript } from './airbyte/transcript.ts';
import type { Violation } from './airbyte/violation.ts';

/** A finished read, parsed and checked against the protocol's rules. */
export interface ReadResult extends Finished, Contents {
  messages: readonly Message[];
  violations: readonly Violation[];
}

/** The messages in a state file. */
export type StateMessages = ReadResult['states'];

/** The last state of each stream. A killed read may have printed states for only some streams. */
export function latestStates(before: StateMessages | undefined, printed: StateMessages): StateMessages {
  const states = [...(before ?? []), ...printed].map((state) => [state.stream.stream_descriptor.name, state] as const);
  return [...new Map(states).values()];
}

/** Parses and checks a read with this catalog. `signal` is the signal that was sent to the read, if any. */
export function judge(finished: Finished, catalog: ConfiguredCatalog, signal?: NodeJS.Signals): ReadResult {
  const transcript = parseTranscript(finished.stdout);
  const violations = violationsOf({
    command: 'read',
    transcript,
    exitCode: finished.exitCode,
    stderr: finished.stderr,
    configuredCatalog: catalog as never,
    signal: signal as never,
  });
  const messages = transcript.messages as unknown as readonly Message[];
  return { ...finished, ...contentsOf(messages), messages, violations };
}

/** Record counts by stream, in the form of the sandbox's counts. */
export function countsRead({ records }: ReadResult): Record<string, number> {
  return Object.fromEntries(STREAM_NAMES.map((name) => [name, records.get(name)?.length ?? 0]));
}

/** A pattern that matches a stream's paths in the sandbox. */
export function pathOf(name: string): string {
  return DEPLOYMENT_REPORTS.includes(name) ? `deployments/*/${name.replace('deployments_', '')}` : name;
}

/** Runs a read with the built program. `state` is the content of the state file, if any. */
export async function read(
  workspace: Workspace,
  config: Readonly<Record<string, unknown>>,
  catalog: ConfiguredCatalog,
  state?: string | object,
  options?: ConnectorOptions,
): Promise<ReadResult> {
  const finished = await runConnector(readArguments(workspace, config, catalog, state), options);
  return judge(finished, catalog, options?.killAfterLines?.signal);
}

/** Writes the input files of a read with these config options, and returns the command line. */
export function readArguments(
  workspace: Workspace,
  config: Readonly<Record<string, unknown>>,
  catalog: ConfiguredCatalog,
  state?: string | object,
): string[] {
  return [
    'read',
    ...['--config', workspace.file('config.json', composeConfig(config))],
    ...['--catalog', workspace.file('catalog.json', catalog)],
    ...(state === undefined ? [] : ['--state', workspace.file('state.json', state)]),
  ];
}

export interface Sandboxed {
  sandbox: Sandbox;
  workspace: Workspace;
  /** Runs a read, by default a full refresh of all streams. */
  read: (more?: {
    config?: Readonly<Record<string, unknown>>;
    catalog?: ConfiguredCatalog;
    state?: string | object;
    run?: ConnectorOptions;
  }) => Promise<ReadResult>;
}

/** Runs a test with its own sandbox and workspace, and then removes both. */
export async function sandboxed<T>(
  options: Partial<SandboxOptions> & { faults?: readonly Fault[] },
  test: (given: Sandboxed) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox(options);
  const workspace = new Workspace();
  const readThere: Sandboxed['read'] = ({ config, catalog, state, run } = {}) =>
    read(
      workspace,
      { api_token: sandbox.token, base_url: sandbox.baseUrl, ...config },
      catalog ?? catalogOf('full_refresh'),
      state,
      run,
    );
  try {
    return await test({ sandbox, workspace, read: readThere });
  } finally {
    workspace.remove();
    await sandbox.close();
  }
}
