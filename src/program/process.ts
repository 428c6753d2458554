import { constants } from 'node:os';
import { UsageError } from './arguments.ts';
import type { Context } from './context.ts';
import { openStdout, writeNow } from '../stdout/file-output.ts';
import { LineWriter } from '../stdout/line-writer.ts';
import type { LineEncoding } from '../stdout/line-encoding.ts';
import { redacted } from '../text/quoted.ts';

/** How long a stopped process may take to write its last checkpoints. */
const FLUSH_MS = 1_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** The assumed width of a terminal that doesn't report its width. */
const USUAL_COLUMNS = 80;

interface Program {
  name: string;
  /** The encoding of lines on stdout. Default: UTF-8. */
  encoding?: LineEncoding;
  /** Runs a command and returns its exit code. Throws a UsageError for an invalid command line. */
  run: (argv: string[], context: Context) => Promise<number>;
  /** Loads `reportFailure`, which reports the error that ended the command. */
  failures: () => Promise<{ reportFailure: (context: Context, thrown: unknown) => void }>;
}

/** Runs a program, and handles stdout, signals, uncaught exceptions and the exit code. */
export function runProcess({ name, encoding, run, failures }: Program): void {
  if (isTooOld(process.versions.node)) {
    process.stderr.write(
      `${name} needs Node.js 22.20 or later, but is running on version ${process.versions.node}. In a checkout, use "npx node" instead of "node"; elsewhere, update Node.js or install the Python package, which includes Node.js.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const stop = new AbortController();
  const stderr = (text: string): void => {
    // Ignore errors on stderr.
    if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => undefined);
    process.stderr.write(redacted(text));
  };
  let writer: LineWriter | undefined;

  const context: Context = {
    // stdout is opened on first use, because loading process.stdout takes a fifth of the startup time of Node.js.
    get writer() {
      return (writer ??= new LineWriter(openStdout(1, process.stdout), onStdoutFailure, encoding));
    },
    print(text) {
      const bytes = Buffer.from(text);
      const written = writeNow(bytes);
      if (written < bytes.length) context.writer.line(bytes.toString('utf8', written));
    },
    signal: stop.signal,
    env: process.env,
    stderr,
    get terminal() {
      const isWatched = process.stderr.isTTY && !process.stdout.isTTY;
      return isWatched ? { write: stderr, columns: () => process.stderr.columns || USUAL_COLUMNS } : undefined;
    },
  };

  function onStdoutFailure(error: NodeJS.ErrnoException): void {
    stop.abort(new Error('stdout has failed'));
    // If the reader closed the pipe, no message is needed. Any other problem, such as a full disk, is reported on stderr.
    if (error.code === 'EPIPE' || error.code === 'ECONNRESET') return;
    stderr(
      `${name}: cannot write to stdout (${error.message}). The output is incomplete. Fix the problem, and rerun the command; to resume a read, pass the last complete state.\n`,
    );
  }

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
      } else if (!stop.signal.aborted) await report(thrown);
    }
    // Even the last write to stdout may fail.
    await writer?.drained();
    process.exitCode = writer?.failed === true ? 1 : code;
  }

  async function report(thrown: unknown): Promise<void> {
    const { reportFailure } = await failures();
    reportFailure(context, thrown);
  }

  /** Stops the command, waits for its last checkpoints, and kills the process with the same signal, which some clients check for. */
  async function endBySignal(signal: (typeof SIGNALS)[number]): Promise<void> {
    stop.abort(new Error(`stopped by ${signal}`));
    await withinFlushTime(finished.then(() => writer?.drained()));
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
    // The kernel ignores the signal if the process is PID 1 of a container. The exit code must not be 0, because 0 would mean success.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 50);
  }

  /** Reports the first uncaught error and exits, because the process may be in an inconsistent state. */
  async function endByBug(thrown: unknown): Promise<void> {
    if (endsByBug) return;
    endsByBug = true;
    try {
      await report(thrown);
      stop.abort(thrown);
      await withinFlushTime(writer?.drained());
    } finally {
      process.exit(1);
    }
  }
}

/** Whether this Node.js release lacks APIs that the program uses. */
function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 22 || (major === 22 && minor < 20);
}

async function withinFlushTime(output: Promise<void> | undefined): Promise<void> {
  await Promise.race([output, new Promise((done) => setTimeout(done, FLUSH_MS))]);
}
