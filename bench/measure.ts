import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Measurement {
  wallMs: number;
  /** User and system time of the process. */
  cpuMs: number;
  /** Greatest resident memory. */
  peakMb: number;
}

export interface Measured {
  command: string[];
  env?: Record<string, string>;
  /** What reads its stdout, as a shell command: by default one that takes it as fast as it comes. */
  reader?: string;
}

const HOOK = fileURLToPath(new URL('./usage.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'source-compose-bench-'));

/** Runs a command as a whole process whose stdout goes through a pipe, as under every client. Throws if it fails. */
export async function measure({ command, env = {}, reader = 'cat > /dev/null' }: Measured): Promise<Measurement> {
  const usage = join(folder, `${Math.random()}.json`);
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const began = performance.now();
  const child = spawn('bash', ['-c', `set -o pipefail; ${quoted} | ${reader}`], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      BENCH_USAGE: usage,
      NODE_OPTIONS: `--require ${HOOK}`,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += String(text)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const wallMs = performance.now() - began;
  if (code !== 0) throw new Error(`exit ${String(code)} from ${command.join(' ')}\n${stderr}`);
  return { wallMs, ...(JSON.parse(readFileSync(usage, 'utf8')) as Omit<Measurement, 'wallMs'>) };
}

/** Runs the commands in turns, so that whatever else the machine does falls on all of them alike. */
export async function interleaved<Name extends string>(
  commands: Record<Name, Measured>,
  runs: number,
): Promise<Record<Name, Measurement[]>> {
  const names = Object.keys(commands) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Measurement[]])) as Record<Name, Measurement[]>;
  // The first turn warms caches and does not count.
  for (let run = -1; run < runs; run += 1) {
    for (const name of names) {
      const result = await measure(commands[name]);
      if (run >= 0) results[name].push(result);
    }
  }
  return results;
}
