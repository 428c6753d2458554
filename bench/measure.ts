import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../test-support/python.ts';
import { Workspace } from '../test-support/workspace.ts';

export const workspace = new Workspace('bench');

export interface Measurement {
  wallMs: number;
  /** User and system time of the process. */
  cpuMs: number;
  peakMb: number;
}

export interface Measured {
  command: string[];
  env?: Record<string, string>;
  /** A shell command that reads the program's stdout. The default command reads as fast as possible. */
  reader?: string;
}

const HOOK = fileURLToPath(new URL('./usage.cjs', import.meta.url));

/** Runs a command as a process whose stdout is a pipe, as clients do. Throws if the command fails. */
export async function measure({ command, env = {}, reader = 'cat > /dev/null' }: Measured): Promise<Measurement> {
  const usage = join(workspace.folder, `${Math.random()}.json`);
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const began = performance.now();
  const { exitCode, stderr } = await run('bash', ['-c', `set -o pipefail; ${quoted} | ${reader}`], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      BENCH_USAGE: usage,
      NODE_OPTIONS: `--require ${HOOK}`,
      PYTHONPYCACHEPREFIX: PYTHON_OPTIONS.env['PYTHONPYCACHEPREFIX'],
      ...env,
    },
  });
  const wallMs = performance.now() - began;
  if (exitCode !== 0) throw new Error(`exit ${exitCode} from ${command.join(' ')}\n${stderr}`);
  return { wallMs, ...(JSON.parse(readFileSync(usage, 'utf8')) as Omit<Measurement, 'wallMs'>) };
}

/** Alternates between the commands, so that other load on the machine affects them equally. */
export async function interleaved<Name extends string>(
  commands: Record<Name, Measured>,
  runs: number,
): Promise<Record<Name, Measurement[]>> {
  const names = Object.keys(commands) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Measurement[]])) as Record<Name, Measurement[]>;
  // The first run only warms up caches, so it isn't counted.
  for (let run = -1; run < runs; run += 1) {
    for (const name of names) {
      const result = await measure(commands[name]);
      if (run >= 0) results[name].push(result);
    }
  }
  return results;
}

export interface Figure {
  median: number;
  least: number;
  most: number;
}

export function figure(numbers: number[]): Figure {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (i: number): number => sorted[i] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) };
}

/** The ratio `ours` / `theirs`, computed for each pair of adjacent runs. */
export function ratio(ours: Measurement[], theirs: Measurement[], of: keyof Measurement): Figure {
  return figure(ours.map((run, i) => run[of] / (theirs[i]?.[of] ?? NaN)));
}

/** Formats the median and the range of individual runs, such as `1.12 (1.08-1.19)`. */
export function show({ median, least, most }: Figure, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}-${most.toFixed(digits)})`;
}

export interface Row {
  what: string;
  value: string;
  goal: string;
}
