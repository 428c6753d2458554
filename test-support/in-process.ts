import { Writable } from 'node:stream';
import { runCommandLine } from '../src/airbyte/command-line.ts';
import { reportFailure } from '../src/airbyte/protocol/failures.ts';
import type { Context } from '../src/program/context.ts';
import { LineWriter } from '../src/stdout/line-writer.ts';
import { realTiming } from '../src/http/traffic/retry.ts';
import { redacted } from '../src/text/quoted.ts';
import type { Finished } from './processes.ts';

/** The factor by which waits for retries and rate limits are shortened. */
const SPEED = 8;

/** Runs a command from `src/` in this process, with its own stdout and stderr and an empty environment. */
export async function runInProcess(args: readonly string[]): Promise<Finished> {
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      // Copy the chunk, because the writer reuses it.
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  let stderr = '';
  const context: Context = {
    writer: new LineWriter(stdout, () => undefined),
    print(text) {
      this.writer.line(text);
    },
    signal: new AbortController().signal,
    env: {},
    stderr: (text) => void (stderr += redacted(text)),
    timing: fastTiming(),
  };
  let exitCode = 1;
  try {
    exitCode = await runCommandLine([...args], context);
  } catch (thrown) {
    reportFailure(context, thrown);
  }
  await context.writer.drained();
  return { exitCode, signal: null, stdout: Buffer.concat(chunks).toString(), stderr };
}

function fastTiming(): NonNullable<Context['timing']> {
  const began = Date.now();
  const elapsed = (): number => (Date.now() - began) * SPEED;
  return {
    now: () => began + elapsed(),
    monotonic: elapsed,
    sleep: (ms, signal) => realTiming.sleep(ms / SPEED, signal),
    random: () => realTiming.random(),
  };
}
