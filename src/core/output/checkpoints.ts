import type { State, StreamSink } from './output.ts';
import type { Row } from '../record/row.ts';

/** A checkpoint goes out after so many records, which bounds what an interrupted read repeats, or after so long. */
export const CHECKPOINT_RECORDS = 250;
export const CHECKPOINT_MS = 10_000;
/** But a state may be large, so that not more than a fifth of the output is states. */
export const RECORD_BYTES_PER_STATE_BYTE = 4;

/**
 * The records of one stream and the checkpoints among them. A checkpoint promises that all it covers was printed, so it
 * goes the same way, behind them.
 */
export class CheckpointedSink {
  readonly #sink: StreamSink;
  readonly #now: () => number;
  /** Where the read stands; undefined for a stream that cannot be resumed. */
  readonly #stateNow: (() => object) | undefined;
  #phase: 'new' | 'active' | 'ended' = 'new';
  #lastJson: string | undefined;
  #stateBytes = 0;
  #recordsSince = 0;
  /** What the records since the last checkpoint have, in characters, which are about as many bytes. */
  #bytesSince = 0;
  #lastCheckpoint: number;
  records = 0;

  /** `now` gives Unix ms. */
  constructor(sink: StreamSink, stateNow: (() => object) | undefined, now: () => number) {
    this.#sink = sink;
    this.#now = now;
    this.#stateNow = stateNow;
    this.#lastCheckpoint = now();
    if (stateNow !== undefined) this.#stateBytes = JSON.stringify(stateNow()).length;
  }

  get isActive(): boolean {
    return this.#phase === 'active';
  }

  get hasEnded(): boolean {
    return this.#phase === 'ended';
  }

  started(): void {
    this.#phase = 'active';
    this.#sink.started();
  }

  record(row: Row, at: number, nulled: readonly string[] | undefined): void {
    this.#bytesSince += this.#sink.record(row, at, nulled);
    this.#recordsSince += 1;
    this.records += 1;
  }

  /** To be called where the state is consistent; cheap, so as often as one likes. */
  checkpointIfDue(): void {
    if (this.#recordsSince >= CHECKPOINT_RECORDS || this.#isLate()) this.checkpoint();
  }

  /** Sends the state of a resumable stream, unless the reader already has it or it is large beside what came since. */
  checkpoint(): void {
    if (this.#stateNow === undefined || !this.isActive) return;
    if (this.#bytesSince < this.#stateBytes * RECORD_BYTES_PER_STATE_BYTE && !this.#isLate()) return;
    const state = stateOf(this.#stateNow());
    if (state.json !== this.#lastJson) this.#send(state);
  }

  /** To be called before the stream waits for long. */
  waits(): void {
    if (!this.isActive) return;
    this.checkpoint();
    this.#sink.waits?.();
  }

  /** The rate limit holds the stream up, which a reader should not take for a stall. */
  held(until: number): void {
    if (!this.isActive) return;
    this.checkpoint();
    this.#sink.held(until);
  }

  complete(): void {
    this.#end(true);
  }

  /** What was read stays good: a resumable stream says how far it came. */
  incomplete(): void {
    this.#end(false);
  }

  #end(complete: boolean): void {
    this.#phase = 'ended';
    const state = this.#stateNow === undefined ? undefined : stateOf(this.#stateNow());
    const isNews = state === undefined ? complete : state.json !== this.#lastJson || this.#recordsSince > 0;
    this.#sink.ended(complete, isNews ? { state, records: this.#recordsSince } : undefined);
  }

  #send(state: State): void {
    this.#sink.state(state, this.#recordsSince);
    this.#lastJson = state.json;
    this.#stateBytes = state.json.length;
    this.#recordsSince = 0;
    this.#bytesSince = 0;
    this.#lastCheckpoint = this.#now();
  }

  #isLate(): boolean {
    return this.#now() - this.#lastCheckpoint >= CHECKPOINT_MS;
  }
}

function stateOf(value: object): State {
  return { value, json: JSON.stringify(value) };
}
