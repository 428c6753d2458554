import { readFile } from 'node:fs/promises';
import { type Sandbox, startSandbox, type StreamName } from '../../sandbox/server.ts';
import type { CheckContext, CommandFiles } from './check.ts';
import type { Command, CommandRun } from './command-run.ts';
import type { AcceptanceTests } from './config.ts';
import { type ConnectorCommand, runConnector } from './connector-process.ts';
import { isObject } from './json-schema.ts';
import type { ConfiguredCatalog, DiscoveredCatalog } from './messages.ts';
import { parseTranscript } from './transcript.ts';

/** The context of the checks, and the way to close it. */
export interface AcceptanceRun extends CheckContext {
  close(): Promise<void>;
}

/** Starts a sandbox with a little of everything, and runs the connector's commands against it. */
export async function startAcceptanceRun(
  root: URL,
  tests: AcceptanceTests,
  connector: ConnectorCommand,
): Promise<AcceptanceRun> {
  // Enough rows for both incremental streams to send states in the middle.
  const sandbox = await startSandbox({ auditEvents: 1300, deployments: 6, recipes: 100 });
  const finished = new Map<string, Promise<CommandRun>>();
  const runs: CommandRun[] = [];

  const run: CheckContext['run'] = (command, files = {}, repetition = '') => {
    const key = JSON.stringify([command, files, repetition]);
    const known = finished.get(key);
    if (known) return known;
    const started = runOnce(command, files);
    finished.set(key, started);
    return started;
  };

  const runOnce = async (command: Command, files: CommandFiles): Promise<CommandRun> => {
    const discoveredCatalog = command === 'read' ? await discovered(files.config) : undefined;
    const { exitCode, stdout, stderr } = await runConnector(connector, command, files);
    const configuredCatalog = files.catalog as ConfiguredCatalog | undefined;
    const transcript = parseTranscript(stdout);
    const result = { command, transcript, exitCode, stderr, configuredCatalog, discoveredCatalog };
    runs.push(result);
    return result;
  };

  const discovered = async (config: unknown): Promise<DiscoveredCatalog | undefined> => {
    const { transcript } = await run('discover', { config });
    return transcript.messages.find((message) => message.type === 'CATALOG')?.catalog;
  };

  return {
    tests,
    run,
    runs: () => runs,
    file: (path) => projectFile(new URL(path, root), sandbox),
    duringOutage: async (work) => {
      // An outage that announces ten minutes, so that check, which has 30 seconds, gives up at once.
      sandbox.setFaults([{ path: '/**', kind: 'status', status: 503, retryAfter: 600 }]);
      try {
        return await work();
      } finally {
        sandbox.setFaults([]);
      }
    },
    expected: { counts: () => sandbox.counts(), keys: (stream) => sandbox.keys(stream as StreamName) },
    close: () => sandbox.close(),
  };
}

async function projectFile(url: URL, sandbox: Sandbox): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(url, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return fillIn(JSON.parse(text), sandbox);
}

// The sandbox takes a free port, and the files of the repository hold no token. They hold these placeholders instead.
// Nothing else is replaced: a config with another token stays as bad as it is meant to be.
const token = 'filled-in-at-run-time';
const host = 'filled-in-at-run-time.localhost';
// As a key, it stands for every deployment.
const deployment = 'every-deployment-at-run-time';

/** What the placeholders stand for. */
export interface SandboxValues {
  readonly baseUrl: string;
  readonly token: string;
  readonly deploymentIds: readonly string[];
}

/** Replaces the placeholders in the content of a file by the sandbox's values. */
export function fillIn(content: unknown, values: SandboxValues): unknown {
  if (content === token) return values.token;
  if (typeof content === 'string' && URL.canParse(content) && new URL(content).hostname === host) return values.baseUrl;
  if (Array.isArray(content)) return content.map((item: unknown) => fillIn(item, values));
  if (!isObject(content)) return content;
  const entries = Object.entries(content).flatMap(([key, value]) => {
    const keys = key === deployment ? values.deploymentIds : [key];
    return keys.map((name) => [name, fillIn(value, values)] as const);
  });
  return Object.fromEntries(entries);
}
