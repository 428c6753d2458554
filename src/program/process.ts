import module from 'node:module';
import { constants } from 'node:os';
import { UsageError } from './arguments.ts';
import type { Context } from './context.ts';
import { openOutput, wasClosed } from '../stdout/file-output.ts';
import { LineWriter } from '../stdout/line-writer.ts';
import type { LineEncoding } from '../stdout/line-encoding.ts';
import { redacted } from '../text/quoted.ts';

/** How long a stopped process may take to bring out its last checkpoints. */
const FLUSH_MS = 1_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** A terminal that does not know its width says 0. */
const USUAL_COLUMNS = 80;

/** An executable. */
export interface Program {
  name: string;
  /** How its lines on stdout are encoded, if not in UTF-8. */
  encoding?: LineEncoding;
  /** Runs one command line and returns its exit code. Throws a UsageError for a wrong one. */
  run: (argv: string[], context: Context) => Promise<number>;
  /** Reports what ended the run. */
  reportFailure: (context: Context, thrown: unknown) => Promise<void>;
}

/** The process around a program: stdout, signals, uncaught exceptions, the exit code. */
export function runProcess({ name, encoding, run, reportFailure }: Program): void {
  if (isTooOld(process.versions.node)) {
    process.stderr.write(
      `${name} needs Node.js 22.20 or later; this is ${process.versions.node}. In a checkout, type "npx node" for "node"; elsewhere, update Node.js or install the Python package, which includes it.\n`,
    );
    process.exitCode = 1;
    return;
  }
  // Keeps compiled code for the next start; an old node does without.
  module.enableCompileCache?.();
  const stop = new AbortController();
  const stderr = (text: string): void => void process.stderr.write(redacted(text));
  const onFailure = (error: NodeJS.ErrnoException): void => {
    stop.abort(new Error('stdout has failed'));
    // A reader that has gone knows it. Of a disk that is full nobody would hear, since stdout is no place to say so.
    if (error.code === 'EPIPE' || error.code === 'ECONNRESET') return;
    stderr(
      `${name}: stdout cannot be written (${error.message}). Output is incomplete. Free disk space, then rerun; for read, pass the last complete state.\n`,
    );
  };
  const writer = new LineWriter(openOutput(1, process.stdout), onFailure, encoding);
  // Nobody listens there either, then.
  process.stderr.on('error', () => undefined);

  const context: Context = {
    writer,
    isStdoutClosed: wasClosed(),
    signal: stop.signal,
    env: process.env,
    stderr,
    terminal:
      process.stderr.isTTY && !process.stdout.isTTY
        ? { write: stderr, columns: () => process.stderr.columns || USUAL_COLUMNS }
        : undefined,
  };

  const finished = toEnd();
  for (const signal of SIGNALS) process.on(signal, () => void endBySignal(signal));
  let endsByBug = false;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => void endByBug(thrown));
  }

  async function toEnd(): Promise<void> {
    let code = 1;
    try {
      code = await run(process.argv.slice(2), context);
    } catch (thrown) {
      if (thrown instanceof UsageError) {
        stderr(`${name}: ${thrown.message}. See ${name} --help.\n`);
        code = 2;
      } else if (!stop.signal.aborted) await reportFailure(context, thrown);
    }
    // stdout may fail at the very last byte, and the exit code has to tell of that too.
    await writer.drained();
    process.exitCode = writer.failed ? 1 : code;
  }

  /** Stops the run, waits for its last checkpoints, and dies of the signal: some clients tell that from an exit code. */
  async function endBySignal(signal: (typeof SIGNALS)[number]): Promise<void> {
    stop.abort(new Error(`stopped by ${signal}`));
    await withinFlushTime(finished.then(() => writer.drained()));
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
    // As pid 1 of a container the kernel ignores the signal. Never 0: that would say that all was read.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 50);
  }

  /** A bug that nobody caught: the state of the process is unknown, so it only reports, once, and ends. */
  async function endByBug(thrown: unknown): Promise<void> {
    if (endsByBug) return;
    endsByBug = true;
    try {
      await reportFailure(context, thrown);
      stop.abort(thrown);
      await withinFlushTime(writer.drained());
    } finally {
      process.exit(1);
    }
  }
}

/** Whether a release of Node.js lacks what the program is made of. */
function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 22 || (major === 22 && minor < 20);
}

async function withinFlushTime(output: Promise<void>): Promise<void> {
  await Promise.race([output, new Promise((done) => setTimeout(done, FLUSH_MS))]);
}
