import { globSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { type KillAfterLines, killingAfterLines } from './planted-code.ts';
import { type Finished, type ProcessOptions, type Running, outputOf, start } from './processes.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export type ProgramName = keyof typeof manifest.bin;

/** The path of a built program, according to package.json. `npm run build` writes the program. */
export function programPath(name: ProgramName = 'source-compose'): string {
  return join(ROOT, manifest.bin[name]);
}

export interface ConnectorOptions extends ProcessOptions {
  /** The program to run. Default: `source-compose`. */
  program?: ProgramName;
  /** Ends the program with a signal after an exact number of lines of output, however slowly the output is read. */
  killAfterLines?: KillAfterLines | undefined;
}

/** Starts a built program's command as a child process, as clients do. */
export function startConnector(
  args: readonly string[],
  { program, killAfterLines, ...options }: ConnectorOptions = {},
): Running {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  // Settings of this machine, such as a proxy or a log level, must not affect the program.
  const env: NodeJS.ProcessEnv = {
    PATH,
    ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }),
    ...options.env,
  };
  if (killAfterLines !== undefined) {
    env['NODE_OPTIONS'] = `${env['NODE_OPTIONS'] ?? ''} ${killingAfterLines(killAfterLines)}`;
  }
  return start(process.execPath, [programPath(program), ...args], { ...options, env });
}

/**
 * Runs a command to completion. Without options, the command runs in this process, from `src/`. Its waits for retries and rate limits take
 * an eighth of the usual time. With options or `REAL_PROCESSES=1`, a child process runs the built program.
 */
export async function runConnector(args: readonly string[], options: ConnectorOptions = {}): Promise<Finished> {
  if (Object.keys(options).length > 0 || process.env['REAL_PROCESSES'] === '1') {
    return startConnector(args, options).finished;
  }
  const { runInProcess } = await import('./in-process.ts');
  return runInProcess(args);
}

const SOURCES = ['src/**/*.ts', 'spec.json', 'package.json', 'rolldown.config.ts'];

/** Builds the programs if they don't exist, or if a source file is newer. Returns a message that says whether the programs were built. */
export async function buildIfNeeded(): Promise<string> {
  if (isUpToDate(programPath())) return `${relative(ROOT, programPath())} is up to date`;
  const began = performance.now();
  await build();
  return `npm run build: ${((performance.now() - began) / 1_000).toFixed(1)} s`;
}

/** Whether a built file is at least as new as the programs' sources and the files in `more`. */
export function isUpToDate(file: string, more: readonly string[] = []): boolean {
  const sources = globSync([...SOURCES, ...more], { cwd: ROOT, exclude: (name) => name.endsWith('.test.ts') });
  return Math.max(...sources.map((path) => changedAt(join(ROOT, path)))) <= changedAt(file);
}

export async function build(): Promise<void> {
  // On Windows, npm is a script that only a shell can start.
  const [shell, flags] = process.platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c']] : ['/bin/sh', ['-c']];
  await outputOf(shell, [...flags, 'npm run --silent build'], { cwd: ROOT });
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
