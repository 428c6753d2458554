import type { State, StreamSink } from './output.ts';
import type { Row } from '../record/row.ts';

/** A checkpoint is due after CHECKPOINT_RECORDS or CHECKPOINT_MS, so that an interrupted sync repeats few records. */
export const CHECKPOINT_RECORDS = 250;
export const CHECKPOINT_MS = 10_000;
/** Large states should not make up more than a fifth of the output. */
export const RECORD_BYTES_PER_STATE_BYTE = 4;
/** A rate limit is reported again only if it has been extended by more than this. */
const SAME_LIMIT_MS = 1_000;

/** Sends the records and checkpoints of one stream to its sink. Each checkpoint follows the records that it covers. */
export class CheckpointedSink {
  readonly #sink: StreamSink;
  readonly #now: () => number;
  readonly #stateNow: (() => object) | undefined;
  #lastJson: string | undefined;
  #stateBytes: number;
  #recordsSince = 0;
  /** The length of the records since the last checkpoint, in characters (roughly the number of bytes). */
  #bytesSince = 0;
  #lastCheckpoint: number;
  records = 0;
  /** When the stream's wait for a rate limit ends, in Unix ms. */
  heldUntil = 0;
  hasEnded = false;

  /** Without `stateNow`, the stream can't be resumed. `now` returns Unix ms. */
  constructor(sink: StreamSink, stateNow: (() => object) | undefined, now: () => number) {
    this.#sink = sink;
    this.#now = now;
    this.#stateNow = stateNow;
    this.#lastCheckpoint = now();
    this.#stateBytes = this.#state()?.json.length ?? 0;
  }

  started(): void {
    this.#sink.started();
  }

  record(row: Row, at: number, nulled: readonly string[] | undefined): void {
    this.#bytesSince += this.#sink.record(row, at, nulled);
    this.#recordsSince += 1;
    this.records += 1;
  }

  /** Call this whenever the state is consistent. The call is cheap. */
  checkpointIfDue(): void {
    if (this.#recordsSince >= CHECKPOINT_RECORDS || this.#isLate()) this.checkpoint();
  }

  /** Sends the state, unless it was already sent or is too large for the few records since the last checkpoint. Call before a long wait. */
  checkpoint(): void {
    if (this.hasEnded) return;
    if (this.#bytesSince < this.#stateBytes * RECORD_BYTES_PER_STATE_BYTE && !this.#isLate()) return;
    const state = this.#state();
    if (state === undefined || state.json === this.#lastJson) return;
    this.#sink.state(state, this.#recordsSince);
    this.#lastJson = state.json;
    this.#stateBytes = state.json.length;
    this.#recordsSince = 0;
    this.#bytesSince = 0;
    this.#lastCheckpoint = this.#now();
  }

  /** Reports a rate limit. Without this report, the delayed stream would seem to have stalled. */
  held(until: number): void {
    if (this.hasEnded || until <= this.heldUntil + SAME_LIMIT_MS) return;
    this.checkpoint();
    this.heldUntil = until;
    this.#sink.held(until);
  }

  /** Ends the stream. If the stream can be resumed, its progress is saved even if the stream is incomplete. */
  end(isComplete: boolean): void {
    this.hasEnded = true;
    const state = this.#state();
    const isNews = state === undefined ? isComplete : state.json !== this.#lastJson || this.#recordsSince > 0;
    this.#sink.ended(isComplete, isNews ? { state, records: this.#recordsSince } : undefined, this.records);
  }

  #isLate(): boolean {
    return this.#now() - this.#lastCheckpoint >= CHECKPOINT_MS;
  }

  #state(): State | undefined {
    const value = this.#stateNow?.();
    return value === undefined ? undefined : { value, json: JSON.stringify(value) };
  }
}
