import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts';
import { composeConfig } from '../../test-support/configs.ts';
import { type ConnectorOptions, runConnector } from '../../test-support/connector.ts';
import type { Finished } from '../../test-support/processes.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { type Catalog, type Choices, catalogFor, everythingIn, expectedOf } from './catalogs.ts';
import { type Violation, violationsOf } from './referee.ts';
import { type Row, type TapMessage, linesOf } from './transcript.ts';

/** A sync by the built tap, parsed and checked. */
export interface Synced extends Finished {
  messages: readonly TapMessage[];
  violations: readonly Violation[];
  records: ReadonlyMap<string, readonly Row[]>;
  keys: (stream: string) => string[];
  /** The values of all complete STATE messages. */
  states: readonly Row[];
}

export interface SyncOptions {
  /** The streams to sync, with their modes and deselected fields. If undefined, the sync gets no catalog. */
  choices?: Choices;
  state?: Row | undefined;
  /** The input state in the form that the rules expect, if the state file has another form. */
  asState?: Row;
  structured?: boolean;
  run?: ConnectorOptions;
  /** The signal that `run` sends. */
  sent?: NodeJS.Signals | undefined;
}

export interface Tapped {
  sandbox: Sandbox;
  workspace: Workspace;
  catalog: Catalog;
  /** `config` contains options in addition to the token and the address. */
  sync: (options?: SyncOptions & { config?: Row }) => Promise<Synced>;
}

/** The environment that Meltano sets for a tap that declares structured logging. */
const STRUCTURED = {
  formatters: { default: { '()': 'singer_sdk.logging.StructuredFormatter' } },
  root: { level: 'INFO' },
};

/** Runs a test with its own sandbox and workspace, and then removes both. */
export async function tapped<T>(
  options: Partial<SandboxOptions> & { faults?: readonly Fault[] },
  test: (given: Tapped) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox(options);
  const workspace = new Workspace('tap');
  try {
    const { token, baseUrl } = sandbox;
    const platform = workspace.file('platform.json', { platform: { name: 'compose' } });
    const catalog = await catalogOfTap(['--config', platform]);
    const sync: Tapped['sync'] = ({ config, ...given } = {}) => {
      const whole = composeConfig({ api_token: token, base_url: baseUrl, ...config });
      return runTap({ workspace, catalog, config: whole, secrets: [token] }, given);
    };
    return await test({ sandbox, workspace, catalog, sync });
  } finally {
    workspace.remove();
    await sandbox.close();
  }
}

export async function catalogOfTap(args: readonly string[]): Promise<Catalog> {
  const { stdout } = await runConnector([...args, '--discover'], { program: 'tap-compose' });
  return JSON.parse(stdout) as Catalog;
}

export async function runTap(
  given: { workspace: Workspace; catalog: Catalog; config: Row; secrets: readonly string[] },
  { choices, state, asState, structured, run, sent }: SyncOptions,
): Promise<Synced> {
  const { workspace, catalog, config, secrets } = given;
  const args = ['--config', workspace.file('config.json', config)];
  if (choices !== undefined) args.push('--catalog', workspace.file('catalog.json', catalogFor(catalog, choices)));
  if (state !== undefined) args.push('--state', workspace.file('state.json', state));
  const env = {
    ...run?.env,
    ...(structured === true ? { SINGER_SDK_LOG_CONFIG: workspace.file('logging.json', STRUCTURED) } : {}),
  };
  const finished = await runConnector(args, { ...run, env, program: 'tap-compose' });
  const expected = expectedOf(catalog, choices ?? everythingIn(catalog));
  const violations = violationsOf({ ...finished, sent, expected, state: asState ?? state, structured, secrets });
  const messages = linesOf(finished.stdout).lines.flatMap(({ message }) => message ?? []);
  const records = new Map<string, Row[]>();
  for (const message of messages) {
    if (message.type !== 'RECORD') continue;
    const rows = records.get(message.stream);
    if (rows === undefined) records.set(message.stream, [message.record]);
    else rows.push(message.record);
  }
  return {
    ...finished,
    messages,
    violations,
    records,
    keys: (stream) => (records.get(stream) ?? []).map((record) => String(record[expected.get(stream)?.key ?? ''])),
    states: messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : [])),
  };
}
