import pino from 'pino';
import type { Context } from '../../program/context.ts';
import { type LineWriter, cachedBytes } from '../../stdout/line-writer.ts';
import type { Level, Output, State, StreamSink } from '../../core/output/output.ts';
import type { Row } from '../../core/record/row.ts';
import { VERSION } from '../../program/version.ts';
import { redacted } from '../../text/quoted.ts';

/** The state of a stream without a cursor. It saves no progress, but clients require a state. */
const NO_STATE = { json: '{"__ab_no_cursor_state_message":true}' };

/** The keys of human-readable text in messages. */
const TEXTS = new Set(['message', 'internal_message', 'stack_trace']);

/** Prints streams, log lines and failures as Airbyte messages, and redacts human-readable text. */
export class AirbyteOutput implements Output {
  readonly writer: LineWriter;
  readonly #terminal: Context['terminal'];
  readonly #log: pino.Logger;

  /** `level` is the lowest pino level to log; an unknown name means `info`. */
  constructor({ writer, terminal }: Pick<Context, 'writer' | 'terminal'>, level: string) {
    this.writer = writer;
    this.#terminal = terminal;
    this.#log = pino(
      {
        level: Object.hasOwn(pino.levels.values, level) ? level : 'info',
        base: null,
        timestamp: false,
        messageKey: 'message',
        formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      },
      { write: (line: string) => writer.line(`{"type":"LOG","log":${line.trimEnd()}}\n`) },
    );
  }

  stream(name: string): StreamSink {
    return new AirbyteStream(this, name);
  }

  log(level: Level, text: string, stack?: string): void {
    // Each request logs a debug line. Masking a line takes longer than printing it, so lines below the log level are not masked.
    if (!this.#log.isLevelEnabled(level)) return;
    if (stack === undefined) this.#log[level](redacted(text));
    else this.#log[level]({ stack_trace: redacted(stack) }, redacted(text));
  }

  /** Logs a sentence about the config, and also prints it to the terminal, if there is one. */
  tell(level: 'info' | 'warn', text: string): void {
    this.log(level, text);
    this.#terminal?.write(`${level === 'warn' ? 'Warning: ' : ''}${text}\n`);
  }

  /** Prints a message other than RECORD, STATE or LOG. */
  send(message: object): void {
    const json = JSON.stringify(message, (key, value: unknown) =>
      typeof value === 'string' && TEXTS.has(key) ? redacted(value) : value,
    );
    this.writer.line(`${json}\n`);
  }

  /** Prints a stream's status. `quotaReset` is the time when the API's rate limit ends, in Unix ms. */
  status(name: string, status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE', quotaReset?: number): void {
    const reasons =
      quotaReset === undefined ? undefined : [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: quotaReset } }];
    const stream_status = { stream_descriptor: { name }, status, reasons };
    this.send({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: Date.now(), stream_status } });
  }
}

export function openAirbyteOutput(context: Context, command: string): AirbyteOutput {
  const output = new AirbyteOutput(context, (context.env['LOG_LEVEL'] ?? 'info').toLowerCase());
  output.log('info', `source-compose ${VERSION}: ${command}`);
  return output;
}

/** The output of one stream: STARTED, RUNNING (before the first record), records and states, and finally COMPLETE or INCOMPLETE. */
class AirbyteStream implements StreamSink {
  readonly #output: AirbyteOutput;
  readonly #name: string;
  readonly #head: Buffer;
  #isRunning = false;
  #lastJson: string | undefined;
  /** The part of a RECORD line that follows its data. */
  readonly #tail = cachedBytes((at) => `,"emitted_at":${at}}}\n`);

  constructor(output: AirbyteOutput, name: string) {
    this.#output = output;
    this.#name = name;
    this.#head = Buffer.from(`{"type":"RECORD","record":{"stream":${JSON.stringify(name)},"data":`);
  }

  started(): void {
    this.#output.status(this.#name, 'STARTED');
  }

  record(row: Row, at: number, nulled?: readonly string[]): number {
    if (!this.#isRunning) this.#run();
    const json = JSON.stringify(row);
    this.#output.writer.record(this.#head, json, nulled === undefined ? this.#tail(at) : tailWith(nulled, at));
    return this.#head.length + json.length;
  }

  state({ json }: Pick<State, 'json'>, records: number): void {
    // The Airbyte platform identifies states by their content, so a state that equals the previous state needs a distinguishing key. Only
    // a stream's final state can equal the previous one, so the key's value can be constant.
    const distinct = json === this.#lastJson ? `${json.slice(0, -1)},"repeat":1}` : json;
    this.#output.writer.line(stateLine(this.#name, distinct, records));
    this.#lastJson = json;
  }

  held(until: number): void {
    if (!this.#isRunning) this.#run();
    this.#output.status(this.#name, 'RUNNING', until);
  }

  ended(complete: boolean, last: { state: State | undefined; records: number } | undefined): void {
    if (complete && !this.#isRunning) this.#run();
    if (last !== undefined) this.state(last.state ?? NO_STATE, last.records);
    this.#output.status(this.#name, complete ? 'COMPLETE' : 'INCOMPLETE');
  }

  #run(): void {
    this.#isRunning = true;
    this.#output.status(this.#name, 'RUNNING');
  }
}

function tailWith(nulled: readonly string[], at: number): Buffer {
  const changes = nulled.map((field) => ({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }));
  return Buffer.from(`,"emitted_at":${at},"meta":${JSON.stringify({ changes })}}}\n`);
}

/** A STATE message as a line. `state` is serialized JSON, so that a large state isn't serialized twice per checkpoint. */
export function stateLine(name: string, state: string, recordCount: number): string {
  const descriptor = JSON.stringify({ name });
  return `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":${descriptor},"stream_state":${state}},"sourceStats":{"recordCount":${recordCount}}}}\n`;
}
