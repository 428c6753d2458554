import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built program. `npm test` builds it first. */
export const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Finished {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Kills the program once it has printed so many lines. */
  killAfterLines?: { lines: number; signal: NodeJS.Signals };
  /** Is told of each line as it comes, and may send a signal. */
  onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs one command of the built program as a child process, as any client does, and waits for its end. */
export async function runConnector(args: string[], options: RunOptions = {}): Promise<Finished> {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    // Nothing of this machine's settings, such as a proxy or a log level, may have a say.
    env: { PATH, ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { killAfterLines, onLine } = options;
  if (killAfterLines !== undefined || onLine !== undefined) {
    let lines = 0;
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines += 1;
      onLine?.(line, (signal) => child.kill(signal));
      if (lines === killAfterLines?.lines) child.kill(killAfterLines.signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      resolve({ exitCode, signal, stdout: Buffer.concat(chunks).toString('utf8'), stderr });
    });
  });
}
