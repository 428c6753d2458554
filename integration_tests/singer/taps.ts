import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts';
import { composeConfig } from '../../test-support/configs.ts';
import { type ConnectorOptions, runConnector } from '../../test-support/connector.ts';
import type { Finished } from '../../test-support/processes.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { type Catalog, type Choices, catalogFor, everythingIn, expectedOf } from './catalogs.ts';
import { type Violation, violationsOf } from './referee.ts';
import { type Row, type TapMessage, linesOf } from './transcript.ts';

/** A run of the built tap, taken apart and judged. */
export interface Synced extends Finished {
  messages: readonly TapMessage[];
  violations: readonly Violation[];
  records: (stream: string) => Row[];
  keys: (stream: string) => string[];
  /** The values of its STATE messages that came out whole. */
  states: readonly Row[];
}

interface SyncOptions {
  /** Options of the config beside token and address. */
  config?: Row;
  /** Which streams, and how; undefined: all, without a catalog. */
  choices?: Choices;
  /** Changes the catalog file. */
  edit?: (catalog: Catalog) => unknown;
  /** Streams that the catalog asks for in a way that there is none. */
  refused?: readonly string[];
  state?: Row | undefined;
  /** The state that the run is judged to have been given, where the file holds another form of it. */
  asState?: Row;
  structured?: boolean;
  run?: ConnectorOptions;
  /** The signal that `run` sends. */
  sent?: NodeJS.Signals | undefined;
}

export interface Tapped {
  sandbox: Sandbox;
  workspace: Workspace;
  /** The catalog as the tap prints it. */
  catalog: Catalog;
  sync: (options?: SyncOptions) => Promise<Synced>;
}

/** What Meltano writes for a tap that declares structured logging. */
const STRUCTURED = {
  formatters: { default: { '()': 'singer_sdk.logging.StructuredFormatter' } },
  root: { level: 'INFO' },
};

/** Runs a test with a sandbox and a workspace of its own, and clears both away. */
export async function tapped<T>(
  options: Partial<SandboxOptions> & { faults?: readonly Fault[] },
  test: (given: Tapped) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox(options);
  const workspace = new Workspace('tap');
  try {
    const { stdout } = await runConnector(['--discover'], { program: 'tap-compose' });
    const catalog = JSON.parse(stdout) as Catalog;
    return await test({ sandbox, workspace, catalog, sync: (given) => sync({ sandbox, workspace, catalog }, given) });
  } finally {
    workspace.remove();
    await sandbox.close();
  }
}

async function sync(
  { sandbox, workspace, catalog }: Omit<Tapped, 'sync'>,
  { config, choices, edit, refused, state, asState, structured, run, sent }: SyncOptions = {},
): Promise<Synced> {
  const whole = composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl, ...config });
  const args = ['--config', workspace.file('config.json', whole)];
  if (choices !== undefined) {
    const file = catalogFor(catalog, choices);
    args.push('--catalog', workspace.file('catalog.json', (edit?.(file) as object | undefined) ?? file));
  }
  if (state !== undefined) args.push('--state', workspace.file('state.json', state));
  const env = {
    ...run?.env,
    ...(structured === true ? { SINGER_SDK_LOG_CONFIG: workspace.file('logging.json', STRUCTURED) } : {}),
  };
  const finished = await runConnector(args, { ...run, env, program: 'tap-compose' });
  const expected = expectedOf(catalog, choices ?? everythingIn(catalog));
  const violations = violationsOf({
    ...finished,
    sent,
    expected,
    refused: refused ?? [],
    state: asState ?? state,
    structured,
    secrets: [sandbox.token],
  });
  const messages = linesOf(finished.stdout).lines.flatMap(({ message }) => message ?? []);
  const records = (stream: string): Row[] =>
    messages.flatMap((message) => (message.type === 'RECORD' && message.stream === stream ? [message.record] : []));
  return {
    ...finished,
    messages,
    violations,
    records,
    keys: (stream) => records(stream).map((record) => String(record[expected.get(stream)?.key ?? ''])),
    states: messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : [])),
  };
}
