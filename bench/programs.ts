import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { streams } from '../src/streams/index.ts';
import { catalogStream } from '../src/sync/catalog-stream.ts';
import type { SandboxProcess } from './sandbox-process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONNECTOR = join(ROOT, 'dist/main.js');
export const folder = mkdtempSync(join(tmpdir(), 'source-compose-bench-'));

/** Builds the connector, and the floor program in the same way. */
export async function buildPrograms(): Promise<void> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const bundle = await rolldown({ input: join(ROOT, 'bench/floor.ts'), platform: 'node' });
  await bundle.write({ dir: join(folder, 'floor'), format: 'esm' });
  await bundle.close();
}

/** The command line of the connector; a read of these streams gets its files written. */
export function connector(command: 'spec' | 'check' | 'discover', sandbox?: SandboxProcess): string[] {
  if (sandbox === undefined) return [process.execPath, CONNECTOR, command];
  return [process.execPath, CONNECTOR, command, '--config', configFile(sandbox, {})];
}

export function connectorRead(sandbox: SandboxProcess, names: string[], config: object): string[] {
  const configured = streams
    .filter(({ name }) => names.includes(name))
    .map((stream) => ({ stream: catalogStream(stream), sync_mode: 'full_refresh', destination_sync_mode: 'append' }));
  const catalog = join(folder, `${Math.random()}-catalog.json`);
  writeFileSync(catalog, JSON.stringify({ streams: configured }));
  return [process.execPath, CONNECTOR, 'read', '--config', configFile(sandbox, config), '--catalog', catalog];
}

export function floor({ baseUrl, token }: SandboxProcess, pageSize: number): string[] {
  return [process.execPath, join(folder, 'floor/floor.js'), baseUrl, token, String(pageSize)];
}

function configFile({ baseUrl, token }: SandboxProcess, more: object): string {
  const path = join(folder, `${Math.random()}-config.json`);
  writeFileSync(path, JSON.stringify({ api_token: token, base_url: baseUrl, ...more }));
  return path;
}
