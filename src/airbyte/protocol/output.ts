import pino from 'pino';
import type { Context } from '../../program/context.ts';
import type { LineWriter } from '../../stdout/line-writer.ts';
import type { Level, Output, State, StreamSink } from '../../core/output/output.ts';
import type { Row } from '../../core/record/row.ts';
import { VERSION } from '../../program/version.ts';
import { redacted } from '../../text/quoted.ts';
import { type Message, stateLine, streamStatus } from './messages.ts';

/** What a full-refresh-only stream has for a state: clients want one, and it must mean nothing. */
const NO_STATE = '{"__ab_no_cursor_state_message":true}';

/** The Airbyte protocol as the place where streams, texts and failures go. Texts for people are redacted here. */
export class AirbyteOutput implements Output {
  readonly #writer: LineWriter;
  readonly #log: pino.Logger;

  /** `level` is pino's name of the lowest level shown; another word means `info`. */
  constructor({ writer }: Pick<Context, 'writer'>, level: string) {
    this.#writer = writer;
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
    return new AirbyteStream(this, this.#writer, name);
  }

  log(level: Level, text: string, stack?: string): void {
    if (stack === undefined) this.#log[level](redacted(text));
    else this.#log[level]({ stack_trace: redacted(stack) }, redacted(text));
  }

  ready(): Promise<void> {
    return this.#writer.ready();
  }

  /** Prints any message but records, states and log lines. */
  send(message: Message): void {
    this.#writer.line(JSON.stringify(withRedactedTexts(message)) + '\n');
  }
}

/** The output of a command; its first line says which release runs. */
export function openOutput(context: Context, command: string, debug: boolean): AirbyteOutput {
  const output = new AirbyteOutput(context, debug ? 'debug' : (context.env['LOG_LEVEL'] ?? 'info').toLowerCase());
  output.log('info', `source-compose ${VERSION}: ${command}`);
  return output;
}

function withRedactedTexts(message: Message): Message {
  if (message.type === 'CONNECTION_STATUS' && message.connectionStatus.message !== undefined) {
    const text = redacted(message.connectionStatus.message);
    return { ...message, connectionStatus: { ...message.connectionStatus, message: text } };
  }
  if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
    const error = { ...message.trace.error, message: redacted(message.trace.error.message) };
    if (error.internal_message !== undefined) error.internal_message = redacted(error.internal_message);
    if (error.stack_trace !== undefined) error.stack_trace = redacted(error.stack_trace);
    return { ...message, trace: { ...message.trace, error } };
  }
  return message;
}

/** One stream: STARTED, RUNNING from the first record on, records and states, COMPLETE or INCOMPLETE. */
class AirbyteStream implements StreamSink {
  readonly #output: AirbyteOutput;
  readonly #writer: LineWriter;
  readonly #name: string;
  readonly #head: Buffer;
  #isRunning = false;
  #lastJson: string | undefined;
  #repeats = 0;
  /** What stands behind the data of a record, and the time in it: the same for a whole page. */
  #tail = Buffer.alloc(0);
  #emittedAt: number | undefined;

  constructor(output: AirbyteOutput, writer: LineWriter, name: string) {
    this.#output = output;
    this.#writer = writer;
    this.#name = name;
    this.#head = Buffer.from(`{"type":"RECORD","record":{"stream":${JSON.stringify(name)},"data":`);
  }

  started(): void {
    this.#output.send(streamStatus({ name: this.#name }, 'STARTED'));
  }

  record(row: Row, at: number, nulled?: readonly string[]): number {
    if (!this.#isRunning) this.#run();
    if (at !== this.#emittedAt) {
      this.#emittedAt = at;
      this.#tail = Buffer.from(`,"emitted_at":${at}}}\n`);
    }
    const json = JSON.stringify(row);
    this.#writer.record(this.#head, json, nulled === undefined ? this.#tail : tailWith(nulled, at));
    return this.#head.length + json.length;
  }

  state({ json }: State, records: number): void {
    this.#sendState(json, records);
  }

  held(until: number): void {
    if (!this.#isRunning) this.#run();
    this.#output.send(streamStatus({ name: this.#name }, 'RUNNING', until));
  }

  ended(complete: boolean, last: { state: State | undefined; records: number } | undefined): void {
    if (complete && !this.#isRunning) this.#run();
    if (last !== undefined) this.#sendState(last.state?.json ?? NO_STATE, last.records);
    this.#output.send(streamStatus({ name: this.#name }, complete ? 'COMPLETE' : 'INCOMPLETE'));
  }

  #sendState(json: string, records: number): void {
    // Platforms tell states apart by their content, so two of the same with records in between must differ.
    const distinct = json === this.#lastJson ? `${json.slice(0, -1)},"repeat":${(this.#repeats += 1)}}` : json;
    this.#writer.line(stateLine(this.#name, distinct, records));
    this.#lastJson = json;
  }

  #run(): void {
    this.#isRunning = true;
    this.#output.send(streamStatus({ name: this.#name }, 'RUNNING'));
  }
}

function tailWith(nulled: readonly string[], at: number): Buffer {
  const changes = nulled.map((field) => ({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }));
  return Buffer.from(`,"emitted_at":${at},"meta":${JSON.stringify({ changes })}}}\n`);
}

/** Takes what is odd about a config: into the log, and to the person who watches while the log goes elsewhere. */
export function warnOfConfig(context: Pick<Context, 'terminal'>, output: AirbyteOutput): (sentence: string) => void {
  return (sentence) => {
    output.log('warn', sentence);
    context.terminal?.write(`Warning: ${sentence}\n`);
  };
}
