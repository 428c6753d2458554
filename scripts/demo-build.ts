import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The built program, relative to it. */
export const PROGRAM = 'dist/main.js';

const SOURCES = ['src/**/*.ts', 'spec.json', 'package.json', 'rolldown.config.ts'];

/** Builds the program if there is none, or if a source is newer. Gives a word about it. */
export async function buildIfNeeded(): Promise<string> {
  const built = changedAt(PROGRAM);
  const newest = globSync(SOURCES, { cwd: ROOT, exclude: (name) => name.endsWith('.test.ts') }).map(changedAt);
  if (Math.max(...newest) <= built) return `${PROGRAM} is up to date`;
  const began = performance.now();
  // On Windows npm is a script, which only a shell can start.
  const shell = process.platform === 'win32';
  const build = spawn('npm run --silent build', {
    cwd: ROOT,
    shell: shell || '/bin/sh',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(build, 'exit')) as [number | null];
  if (code !== 0) throw new Error('npm run build failed');
  return `npm run build: ${((performance.now() - began) / 1_000).toFixed(1)} s`;
}

function changedAt(path: string): number {
  return statSync(new URL(path, new URL('../', import.meta.url)), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
