import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate as everyoneElse } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Context } from '../../src/program/context.ts';
import { LineWriter } from '../../src/stdout/line-writer.ts';
import type { Row } from '../../src/core/record/row.ts';
import type { Message } from '../transcript.ts';

/** A message in its printed form. */
export interface Printed {
  type: string;
  record?: { stream: string; data: Row; emitted_at: number; meta?: { changes: unknown[] } };
  state?: { stream: { stream_descriptor: { name: string }; stream_state: Row }; sourceStats: { recordCount: number } };
  log?: { level: string; message: string };
  trace?: { stream_status?: { stream_descriptor: { name: string }; status: string; reasons?: unknown[] } };
}

/** A writer whose messages can be inspected. `out` replaces the default output, which accepts each chunk immediately. */
export class Printout {
  readonly writer: LineWriter;
  #text = '';

  constructor(out?: Writable) {
    const write = (chunk: Buffer, _: string, done: () => void): void => {
      this.#text += chunk.toString();
      done();
    };
    this.writer = new LineWriter(out ?? new Writable({ write }), () => undefined);
  }

  get text(): string {
    this.writer.flush();
    return this.#text;
  }

  get messages(): Printed[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Printed);
  }

  get rows(): Row[] {
    return this.messages.flatMap(({ record }) => (record === undefined ? [] : [record.data]));
  }

  get states(): Row[] {
    return this.messages.flatMap(({ state }) => (state === undefined ? [] : [state.stream.stream_state]));
  }

  logged(level: string): string[] {
    return this.messages.flatMap(({ log }) => (log?.level === level ? [log.message] : []));
  }

  /** The messages in short form, such as `STARTED`, `RECORD`, or `STATE 3` for a state after 3 records. */
  get outline(): string[] {
    return this.messages.map(({ type, state, trace }) =>
      state === undefined ? (trace?.stream_status?.status ?? type) : `STATE ${state.sourceStats.recordCount}`,
    );
  }
}

export interface OpenContext {
  context: Context;
  messages: () => Message[];
  stderr: () => string;
  /** Aborting has the same effect as SIGTERM or a closed stdout. */
  stop: AbortController;
}

/** Creates a command's context, which keeps stdout and stderr in memory. */
export function openContext(env: Context['env'] = {}): OpenContext {
  let text = '';
  let said = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  const writer = new LineWriter(stdout, () => undefined);
  const stop = new AbortController();
  return {
    stop,
    context: {
      writer,
      print(text) {
        this.writer.line(text);
      },
      signal: stop.signal,
      env,
      stderr: (text) => void (said += text),
    },
    stderr: () => said,
    messages() {
      writer.flush();
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Message);
    },
  };
}

/**
 * A fake stdout. If `prompt` is true, the simulated reader accepts each chunk immediately. Otherwise, the reader accepts chunks only when
 * the test calls `takeOne` or `takeAll`.
 */
export class StalledOutput extends Writable {
  text = '';
  prompt = false;
  readonly #taken: Array<() => void> = [];

  constructor() {
    super({ highWaterMark: 16 * 1024 });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const text = chunk.toString('utf8');
    this.text += text;
    if (this.prompt) return done();
    this.#taken.push(() => {
      if (chunk.toString('utf8') !== text) throw new Error('a chunk was overwritten before it was read');
      done();
    });
  }

  /** Accepts the waiting chunk. Returns whether a chunk was waiting. */
  takeOne(): boolean {
    const done = this.#taken.shift();
    done?.();
    return done !== undefined;
  }

  /** Accepts the waiting chunk and all chunks that follow. */
  async takeAll(): Promise<void> {
    do await everyoneElse();
    while (this.takeOne());
  }
}

/** Writes this content as JSON to a file that is deleted at the end of the test. Returns the file's path. */
export function jsonFile(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'json-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}
