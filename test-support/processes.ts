import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable, pipeline } from 'node:stream';

export interface Finished {
  /** The exit code, or null if a signal ended the process. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface ProcessOptions {
  /** The complete environment. Default: this process's environment. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number | undefined;
  /** The process's stdin: a string or a stream. Default: empty. */
  input?: string | Readable;
  /**
   * What to do with stdout: `collect` it (the default), `leave` it to the caller, which reads `child.stdout`, or
   * redirect it to the file at this path.
   */
  stdout?: 'collect' | 'leave' | { file: string };
  /** `show` passes stderr on to this process's stderr. Default: stderr is collected. */
  stderr?: 'collect' | 'show';
  /** If the process takes longer, it is killed, and the promise rejects. */
  timeoutMs?: number;
  /** If this signal is aborted, the process gets a SIGTERM. */
  abort?: AbortSignal;
  /** Called with each line of stdout as it arrives. The callback may send a signal. */
  onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void;
}

export interface Running {
  child: ChildProcess;
  /** Rejects only if the process couldn't start or took too long. */
  finished: Promise<Finished>;
}

const alive = new Set<ChildProcess>();
process.once('exit', () => alive.forEach((child) => child.kill('SIGTERM')));

/** Starts a process that never outlives this process. */
export function start(program: string, args: readonly string[], options: ProcessOptions = {}): Running {
  const { env, cwd, uid, input, stdout = 'collect', stderr: errors = 'collect', abort } = options;
  const file = typeof stdout === 'object' ? openSync(stdout.file, 'w') : undefined;
  const child = spawn(program, args, {
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    stdio: [input === undefined ? 'ignore' : 'pipe', file ?? 'pipe', errors === 'show' ? 'inherit' : 'pipe'],
  });
  if (file !== undefined) closeSync(file);
  child.stdin?.on('error', () => undefined);
  // A process may exit before it has read all of its input.
  if (input instanceof Readable) pipeline(input, child.stdin!, () => undefined);
  else child.stdin?.end(input);
  const chunks: Buffer[] = [];
  if (stdout === 'collect') child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  watchLines(child, options);
  const stop = (): void => void child.kill('SIGTERM');
  abort?.addEventListener('abort', stop);
  alive.add(child);
  let late = false;
  const limit =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          child.kill('SIGKILL');
        }, options.timeoutMs);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', (error) => {
      alive.delete(child);
      reject(error);
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(limit);
      abort?.removeEventListener('abort', stop);
      alive.delete(child);
      if (late) reject(new Error(`${program} ${args.join(' ')} did not end within ${options.timeoutMs} ms`));
      else resolve({ exitCode, signal, stdout: Buffer.concat(chunks).toString('utf8'), stderr });
    });
  });
  return { child, finished };
}

function watchLines(child: ChildProcess, { onLine }: ProcessOptions): void {
  if (child.stdout === null || onLine === undefined) return;
  createInterface({ input: child.stdout }).on('line', (line) => onLine(line, (signal) => child.kill(signal)));
}

/** Runs a process to completion, regardless of its exit code. */
export function run(program: string, args: readonly string[], options?: ProcessOptions): Promise<Finished> {
  return start(program, args, options).finished;
}

/** Returns the stdout of a process. Throws an error that contains the end of the output if the exit code isn't 0. */
export async function outputOf(program: string, args: readonly string[], options?: ProcessOptions): Promise<string> {
  const { exitCode, signal, stdout, stderr } = await run(program, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${exitCode ?? signal}:\n${lastLines(stdout + stderr)}`);
}

export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-25).join('\n');
}
