import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { PROGRAM, ROOT } from './demo-build.ts';

/**
 * Runs the built program with its stdout going into a file, as `>` does. Throws unless it exits with 0. When the signal
 * is aborted the program is stopped, and waited for: it never outlives the demo.
 */
export async function runProgram(args: readonly string[], outputFile: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const output = await open(outputFile, 'w');
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: ROOT, stdio: ['ignore', output.fd, 'inherit'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`source-compose ${args[0]} exited with ${code}: ${outputFile} says why`);
  } finally {
    signal.removeEventListener('abort', stop);
    await output.close();
  }
}
