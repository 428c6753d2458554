import { Writable } from 'node:stream';
import { MessageWriter } from '../protocol/message-writer.ts';
import type { Row } from '../sync/stream.ts';

/** A message as it was printed. */
export interface Printed {
  type: string;
  record?: { stream: string; data: Row; emitted_at: number; meta?: { changes: unknown[] } };
  state?: { stream: { stream_descriptor: { name: string }; stream_state: Row }; sourceStats: { recordCount: number } };
  log?: { level: string; message: string };
  trace?: { stream_status?: { stream_descriptor: { name: string }; status: string; reasons?: unknown[] } };
}

/** A writer whose messages can be looked at; `out` in place of an output that takes all at once. */
export class Printout {
  readonly writer: MessageWriter;
  #text = '';

  constructor(out?: Writable) {
    const write = (chunk: Buffer, _: string, done: () => void): void => {
      this.#text += chunk.toString();
      done();
    };
    this.writer = new MessageWriter(
      out ?? new Writable({ write }),
      (text) => text,
      () => undefined,
    );
  }

  /** Everything that was printed so far, in its order. */
  get messages(): Printed[] {
    this.writer.flush();
    return this.#text
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

  get statuses(): string[] {
    return this.messages.flatMap(({ trace }) => trace?.stream_status?.status ?? []);
  }

  /** The lines of the log of this level. */
  logged(level: string): string[] {
    return this.messages.flatMap(({ log }) => (log?.level === level ? [log.message] : []));
  }

  /** The messages in short: `STARTED`, `RECORD`, `STATE 3` with its count of records. */
  get outline(): string[] {
    return this.messages.map(({ type, state, trace }) =>
      state === undefined ? (trace?.stream_status?.status ?? type) : `STATE ${state.sourceStats.recordCount}`,
    );
  }
}
