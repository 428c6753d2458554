import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown } from 'rolldown';
import { catalogOf } from '../test-support/catalogs.ts';
import { composeConfig } from '../test-support/configs.ts';
import { ROOT, build, programPath } from '../test-support/connector.ts';
import { measure, workspace } from './measure.ts';

/** Builds the connector, and bundles the floor program. */
export async function buildPrograms(): Promise<void> {
  await build();
  const bundle = await rolldown({ input: join(ROOT, 'bench/floor.ts'), platform: 'node' });
  await bundle.write({ dir: join(workspace.folder, 'floor'), format: 'esm' });
  await bundle.close();
}

/** Returns the connector's command line, and writes a config file if the command uses a sandbox. */
export function connector(command: 'spec' | 'check' | 'discover' | 'verify', sandbox?: SandboxProcess): string[] {
  if (sandbox === undefined) return [process.execPath, programPath(), command];
  return [process.execPath, programPath(), command, '--config', configFile(sandbox)];
}

export function connectorRead(sandbox: SandboxProcess, names: readonly string[], config: object): string[] {
  const catalog = workspace.file('catalog.json', catalogOf('full_refresh', names));
  return [process.execPath, programPath(), 'read', '--config', configFile(sandbox, config), '--catalog', catalog];
}

/** Returns the tap's command line for reading only the named streams, with the catalog from `--discover`. */
export async function tapSync(sandbox: SandboxProcess, names: readonly string[], config: object): Promise<string[]> {
  const tap = [process.execPath, programPath('tap-compose'), '--config', configFile(sandbox, config)];
  const { streams } = JSON.parse(readFileSync(await printed([...tap, '--discover']), 'utf8')) as {
    streams: Array<{ tap_stream_id: string; metadata: Array<{ breadcrumb: string[]; metadata: object }> }>;
  };
  for (const { tap_stream_id: id, metadata } of streams) {
    const whole = metadata.find(({ breadcrumb }) => breadcrumb.length === 0);
    if (whole !== undefined) whole.metadata = { ...whole.metadata, selected: names.includes(id) };
  }
  return [...tap, '--catalog', workspace.file('tap-catalog.json', { streams })];
}

/** Returns the tap's command line for a mode that sends no requests. */
export function tap(mode: '--discover' | '--about', sandbox: SandboxProcess): string[] {
  return [process.execPath, programPath('tap-compose'), '--config', configFile(sandbox), mode];
}

export function floor({ baseUrl, token }: SandboxProcess, pageSize: number): string[] {
  return [process.execPath, join(workspace.folder, 'floor/floor.js'), baseUrl, token, String(pageSize)];
}

function configFile({ baseUrl, token }: SandboxProcess, more: object = {}): string {
  return workspace.file('config.json', composeConfig({ api_token: token, base_url: baseUrl, ...more }));
}

export async function countRecords(command: string[]): Promise<{ records: number; bytes: number }> {
  const lines = await printed(command);
  const records = readFileSync(lines, 'latin1').split(/\n\{"type": ?"RECORD"/).length - 1;
  return { records, bytes: statSync(lines).size };
}

/** Runs a command, and returns the path of its output file, which the next command overwrites. */
export async function printed(command: string[]): Promise<string> {
  const lines = join(workspace.folder, 'lines.jsonl');
  await measure({ command, reader: `cat > '${lines}'` });
  return lines;
}

interface AnySandboxProcess {
  stats: () => Promise<{ requests: number; maxInFlight: number; byPath: Record<string, number> }>;
  counts: () => Promise<Record<string, number>>;
  stop: () => Promise<void>;
}

export interface SandboxProcess extends AnySandboxProcess {
  baseUrl: string;
  token: string;
}

export interface IbmCloudProcess extends AnySandboxProcess {
  /** The connector's config, without options that only some streams require. */
  config: { platform: object };
}

const MAIN = join(ROOT, 'sandbox/main.ts');

/** Starts the sandbox in its own process, so that it doesn't share a core with the measured program. */
export async function startSandboxProcess(flags: Record<string, number>): Promise<SandboxProcess> {
  const { line, ...controls } = await startProcess(flags);
  return { baseUrl: line.baseUrl, token: String(line['token']), ...controls };
}

export async function startIbmCloudProcess(flags: Record<string, number>): Promise<IbmCloudProcess> {
  const { line, ...controls } = await startProcess({ platform: 'ibm_cloud', ...flags });
  const { endpoints } = (line['config'] as { platform: { endpoints: object } }).platform;
  return { config: { platform: { name: 'ibm_cloud', api_key: line['apiKey'], endpoints } }, ...controls };
}

/** The JSON line that the sandbox prints. All fields except `baseUrl` depend on the platform. */
type Line = { baseUrl: string } & Record<string, unknown>;

async function startProcess(flags: Record<string, number | string>): Promise<AnySandboxProcess & { line: Line }> {
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--json', '--exit-with-stdin', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const [text] = await Promise.race([
    new Promise<[string]>((resolve) =>
      createInterface({ input: child.stdout }).once('line', (first) => resolve([first])),
    ),
    ended.then((): never => {
      throw new Error('the sandbox did not start');
    }),
  ]);
  const line = JSON.parse(text) as Line;
  const control = async <T>(path: string): Promise<T> =>
    (await (await fetch(new URL(`/_sandbox/${path}`, line.baseUrl))).json()) as T;
  return {
    line,
    stats: () => control('stats'),
    counts: () => control('counts'),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
