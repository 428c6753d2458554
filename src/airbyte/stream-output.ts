import { ConnectorError } from '../core/errors.ts';
import { type RecordChange, type StreamStatus, stateLine, streamStatus } from './messages.ts';
import type { MessageWriter } from '../core/line-writer.ts';
import type { Row } from '../core/stream.ts';

/** A checkpoint goes out after so many records, which bounds what an interrupted read repeats, or after so long. */
export const CHECKPOINT_RECORDS = 250;
export const CHECKPOINT_MS = 10_000;
/** But a state may be large, so that not more than a fifth of the output is states. */
const RECORD_BYTES_PER_STATE_BYTE = 4;

/** What a full-refresh-only stream has for a state: clients want one, and it must mean nothing. */
const NO_STATE = { __ab_no_cursor_state_message: true };

/**
 * The messages of one stream in the order that the protocol wants: STARTED, RUNNING, records and checkpoints, a final
 * STATE, COMPLETE or INCOMPLETE. A STATE counts the records since the one before it, and goes out behind them.
 */
export class StreamOutput {
  readonly #writer: MessageWriter;
  readonly #name: string;
  readonly #head: Buffer;
  readonly #now: () => number;
  /** Where the read stands; undefined for a stream that cannot be resumed. */
  #stateNow: (() => object) | undefined;
  #status: 'new' | 'started' | 'running' | 'ended' = 'new';
  #lastState: string | undefined;
  #recordsSince = 0;
  /** What the records since the last checkpoint have, in characters, which are about as many bytes. */
  #bytesSince = 0;
  #stateBytes = 0;
  #lastCheckpoint: number;
  #repeats = 0;
  /** What stands behind the data of a record, and the time in it: the same for a whole page. */
  #tail = Buffer.alloc(0);
  #emittedAt: number | undefined;
  records = 0;

  constructor(writer: MessageWriter, name: string, now: () => number) {
    this.#writer = writer;
    this.#name = name;
    this.#now = now;
    this.#lastCheckpoint = now();
    this.#head = Buffer.from(`{"type":"RECORD","record":{"stream":${JSON.stringify(name)},"data":`);
  }

  /** Makes the stream one that can be resumed: from now on checkpoints hold what `stateNow` gives. */
  resumable(stateNow: () => object): void {
    this.#stateNow = stateNow;
    this.#stateBytes = JSON.stringify(stateNow()).length;
  }

  get active(): boolean {
    return this.#status === 'started' || this.#status === 'running';
  }

  get ended(): boolean {
    return this.#status === 'ended';
  }

  started(): void {
    this.#status = 'started';
    this.#sendStatus('STARTED');
  }

  record(data: Row, emittedAt: number, changes?: RecordChange[]): void {
    if (this.#status !== 'running') this.#running();
    if (emittedAt !== this.#emittedAt) {
      this.#emittedAt = emittedAt;
      this.#tail = Buffer.from(`,"emitted_at":${emittedAt}}}\n`);
    }
    const tail = changes === undefined ? this.#tail : tailWith(changes, emittedAt);
    const json = printed(data);
    this.#writer.record(this.#head, json, tail);
    this.#bytesSince += this.#head.length + json.length;
    this.#recordsSince += 1;
    this.records += 1;
  }

  /** To be called where the state is consistent; cheap, so as often as one likes. */
  checkpointIfDue(): void {
    if (this.#recordsSince >= CHECKPOINT_RECORDS || this.#isLate()) this.checkpoint();
  }

  /** Sends the state of a resumable stream, unless the reader already has it or it is large beside what came since. */
  checkpoint(): void {
    if (this.#stateNow === undefined || !this.active) return;
    if (this.#bytesSince < this.#stateBytes * RECORD_BYTES_PER_STATE_BYTE && !this.#isLate()) return;
    const state = JSON.stringify(this.#stateNow());
    if (state !== this.#lastState) this.#sendState(state);
  }

  #isLate(): boolean {
    return this.#now() - this.#lastCheckpoint >= CHECKPOINT_MS;
  }

  rateLimited(until: number): void {
    if (!this.active) return;
    this.checkpoint();
    if (this.#status !== 'running') this.#running();
    this.#writer.send(streamStatus({ name: this.#name }, 'RUNNING', until));
  }

  complete(): void {
    if (this.#status !== 'running') this.#running();
    this.#end(this.#stateNow?.() ?? NO_STATE, 'COMPLETE');
  }

  /** What was read stays good: a resumable stream says how far it came. */
  incomplete(): void {
    this.#end(this.#stateNow?.(), 'INCOMPLETE');
  }

  #end(finalState: object | undefined, status: 'COMPLETE' | 'INCOMPLETE'): void {
    const state = finalState === undefined ? undefined : JSON.stringify(finalState);
    if (state !== undefined && (state !== this.#lastState || this.#recordsSince > 0)) this.#sendState(state);
    this.#status = 'ended';
    this.#sendStatus(status);
  }

  #running(): void {
    this.#status = 'running';
    this.#sendStatus('RUNNING');
  }

  #sendStatus(status: StreamStatus): void {
    this.#writer.send(streamStatus({ name: this.#name }, status));
  }

  #sendState(state: string): void {
    // Platforms tell states apart by their content, so two of the same with records in between must differ.
    const distinct = state === this.#lastState ? `${state.slice(0, -1)},"repeat":${(this.#repeats += 1)}}` : state;
    this.#writer.text(stateLine(this.#name, distinct, this.#recordsSince));
    this.#lastState = state;
    this.#stateBytes = state.length;
    this.#recordsSince = 0;
    this.#bytesSince = 0;
    this.#lastCheckpoint = this.#now();
  }
}

/** Throws `unprintable` for data nested so deeply that JSON.stringify has no room for it. */
function printed(data: Row): string {
  try {
    return JSON.stringify(data);
  } catch (cause) {
    throw new ConnectorError('unprintable', {}, { cause, internalMessage: String(cause) });
  }
}

function tailWith(changes: RecordChange[], emittedAt: number): Buffer {
  return Buffer.from(`,"emitted_at":${emittedAt},"meta":${JSON.stringify({ changes })}}}\n`);
}
