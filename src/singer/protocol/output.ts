import type { Context } from '../../program/context.ts';
import { type LineWriter, cachedBytes } from '../../stdout/line-writer.ts';
import type { Level, Output, State, StreamSink } from '../../core/output/output.ts';
import type { Row } from '../../core/record/row.ts';
import type { WantedStream } from '../../core/retrieval/open-stream.ts';
import { cursorFieldOf, keyFieldOf } from '../../core/stream/stream.ts';
import { utcText } from '../../core/record/timestamp.ts';
import { count } from '../../text/count.ts';
import type { BookmarkFormat } from './bookmarks.ts';
import { fieldSchema, recordSchema } from '../../core/stream/json-schema.ts';
import type { TapLog } from './log.ts';
import type { SelectedStream } from './selection.ts';
import type { StateLines } from './state-lines.ts';

export interface TapStream extends WantedStream, SelectedStream {
  /** The bookmark format. Undefined if the stream has no bookmark, or this sync doesn't change the bookmark. */
  format: BookmarkFormat | undefined;
}

/** Writes streams as Singer messages to stdout, and everything else to the log. */
export class SingerOutput implements Output {
  readonly writer: LineWriter;
  readonly states: StateLines;
  readonly #log: TapLog;
  readonly #streams: ReadonlyMap<string, TapStream>;
  readonly #stop: AbortSignal;
  #heldUntil = 0;

  constructor({ writer, signal }: Context, log: TapLog, streams: readonly TapStream[], states: StateLines) {
    this.writer = writer;
    this.states = states;
    this.#log = log;
    this.#streams = new Map(streams.map((stream) => [stream.definition.name, stream]));
    this.#stop = signal;
  }

  stream(name: string): StreamSink {
    return new SingerStream(this, this.#streams.get(name) as TapStream);
  }

  log(level: Level, text: string, stack?: string): void {
    this.#log.log(level, text, stack);
  }

  /** Logs a rate limit only once, although every stream reports it. */
  held(until: number): void {
    if (until === this.#heldUntil) return;
    this.#heldUntil = until;
    this.log('warn', `the API's rate limit was exceeded; requests resume at ${utcText(until)}`);
  }

  /** Logs a stream's record count. After a stop, logs nothing, because the reason for the stop should remain the last line. */
  counted(stream: string, value: number): void {
    if (!this.#stop.aborted) this.#log.counted(stream, value);
  }

  /** Sets the state of a stream. Does nothing if the stream has no bookmark, or this sync doesn't change the bookmark. */
  setState(name: string, state: object | undefined): void {
    const format = this.#streams.get(name)?.format;
    if (format !== undefined && state !== undefined) this.states.set(name, state, format);
  }
}

/** The output of one stream: its SCHEMA, then its records, and each bookmark after the records that it covers. */
class SingerStream implements StreamSink {
  readonly #output: SingerOutput;
  readonly #stream: TapStream;
  readonly #head: Buffer;
  readonly #selected: readonly string[];
  readonly #deselected: readonly string[];
  /** The part of a RECORD line after the data. */
  readonly #tail = cachedBytes((at) => `,"time_extracted":"${utcText(at)}"}\n`);
  /** The number of values that were set to null, by field. RECORD messages can't report these replacements. */
  readonly #nulled = new Map<string, number>();

  constructor(output: SingerOutput, stream: TapStream) {
    this.#output = output;
    this.#stream = stream;
    const { definition, deselected } = stream;
    this.#selected = Object.keys(definition.fields).filter((field) => !deselected.has(field));
    this.#deselected = [...deselected];
    this.#head = Buffer.from(`{"type":"RECORD","stream":${JSON.stringify(definition.name)},"record":`);
  }

  /** Prints the SCHEMA immediately, because even a stream without records needs a SCHEMA. */
  started(): void {
    const { definition } = this.#stream;
    const { name, fields } = definition;
    const cursorField = cursorFieldOf(definition);
    const selected = Object.fromEntries(this.#selected.map((field) => [field, fields[field]])) as typeof fields;
    const line = `${JSON.stringify({
      type: 'SCHEMA',
      stream: name,
      schema: recordSchema(selected, fieldSchema),
      key_properties: [keyFieldOf(definition)],
      ...(cursorField === undefined ? {} : { bookmark_properties: [cursorField] }),
    })}\n`;
    this.#output.writer.line(line);
    this.#output.states.printed(line.length);
  }

  record(row: Row, at: number, nulled?: readonly string[]): number {
    if (nulled !== undefined) this.#count(nulled);
    // Change the row in place, because copying it would take as long as printing it. Set missing fields to null; otherwise, some targets
    // would keep the old value, and others would fail.
    for (const field of this.#selected) if (row[field] === undefined) row[field] = null;
    if (this.#deselected.length > 0) this.#leaveOut(row);
    const json = JSON.stringify(row);
    const tail = this.#tail(at);
    this.#output.writer.record(this.#head, json, tail);
    const length = this.#head.length + json.length + tail.length;
    this.#output.states.printed(length);
    return length;
  }

  state({ value }: State): void {
    this.#output.setState(this.#stream.definition.name, value);
    this.#output.states.sendIfDue();
  }

  held(until: number): void {
    this.#output.held(until);
  }

  ended(_complete: boolean, last: { state: State | undefined } | undefined, total: number): void {
    const { name } = this.#stream.definition;
    this.#output.setState(name, last?.state?.value);
    this.#output.states.sendIfNew();
    for (const [field, nulled] of this.#nulled) {
      const text = `${name}: ${count(nulled, 'value')} of ${field} did not fit the declared type and became null`;
      this.#output.log('warn', text);
    }
    this.#output.counted(name, total);
  }

  #leaveOut(row: Row): void {
    for (const field of this.#deselected) if (row[field] !== undefined) row[field] = undefined;
  }

  #count(nulled: readonly string[]): void {
    for (const field of nulled) {
      if (!this.#stream.deselected.has(field)) this.#nulled.set(field, (this.#nulled.get(field) ?? 0) + 1);
    }
  }
}
