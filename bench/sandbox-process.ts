import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface SandboxProcess {
  baseUrl: string;
  token: string;
  /** What the sandbox counted: requests in all and by path, and the most at once. */
  stats: () => Promise<{ requests: number; maxInFlight: number; byPath: Record<string, number> }>;
  counts: () => Promise<Record<string, number>>;
  stop: () => Promise<void>;
}

const MAIN = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url));

/** Starts the sandbox in a process of its own, so that it does not share the core of what is measured. */
export async function startSandboxProcess(flags: Record<string, number>): Promise<SandboxProcess> {
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--json', '--exit-with-stdin', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const [line] = await Promise.race([
    new Promise<[string]>((resolve) =>
      createInterface({ input: child.stdout }).once('line', (text) => resolve([text])),
    ),
    ended.then((): never => {
      throw new Error('the sandbox did not start');
    }),
  ]);
  const { baseUrl, token } = JSON.parse(line) as { baseUrl: string; token: string };
  const control = async <T>(path: string): Promise<T> =>
    (await (await fetch(new URL(`/_sandbox/${path}`, baseUrl))).json()) as T;
  return {
    baseUrl,
    token,
    stats: () => control('stats'),
    counts: () => control('counts'),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
