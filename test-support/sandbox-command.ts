import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs a page's command that starts a sandbox, and waits until the sandbox is ready. Returns a function that stops the sandbox as Ctrl-C
 * does.
 */
export async function startSandboxCommand(command: string, cwd: string): Promise<() => Promise<void>> {
  // npm and the shells that it starts don't forward signals, so the signal goes to the whole process group, as in a
  // terminal.
  const sandbox = spawn('sh', ['-c', command], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(sandbox, 'close');
  const stop = async (): Promise<void> => {
    if (sandbox.exitCode === null && sandbox.signalCode === null) process.kill(-sandbox.pid!, 'SIGINT');
    await ended;
  };
  let stderr = '';
  sandbox.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  for await (const line of createInterface({ input: sandbox.stdout })) {
    if (!/^(A sandbox|\{"baseUrl")/.test(line)) continue;
    sandbox.stdout.resume();
    return stop;
  }
  throw new Error(`The sandbox did not start:\n${stderr}`);
}
