import { hex8, noise } from '../../noise.ts';
import { END_OF_HISTORY, FUTURE, HOUR, Kind, SECOND, YEAR, kindMark, laterMoment } from '../world.ts';

export interface TimelineOptions {
  readonly seed: number;
  /** The initial number of events, including future events. */
  readonly events: number;
  /** The number of newest events that are dated in the future. */
  readonly future: number;
  /** The number of consecutive events that share a timestamp. */
  readonly ties: number;
}

const LONGEST_STEP = 6 * HOUR;

/** The first serial number of future events, whose ranks change when earlier events are added. */
const FUTURE_SERIAL = 0xf000_0000;

/**
 * Computes the time and id of each audit event from its rank. The oldest event has rank 0. Stores no events, so memory use doesn't depend
 * on their number. Events added later rank between the fixed history and the future events.
 */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #past: number;
  readonly #step: number;
  readonly #mark: string;
  #added = 0;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#past = options.events - options.future;
    const groups = Math.max(1, Math.ceil(this.#past / options.ties));
    const step = Math.min(LONGEST_STEP, Math.max(1, Math.floor((4 * YEAR) / groups)));
    this.#step = step >= SECOND ? step - (step % SECOND) : step;
    this.#mark = kindMark(options.seed, Kind.auditEvent, 0);
  }

  /** One more than the rank of the newest event. */
  get end(): number {
    return this.#options.events + this.#added;
  }

  /** The number of events that aren't in the future. These events have the lowest ranks. */
  get present(): number {
    return this.#past + this.#added;
  }

  add(count: number): void {
    this.#added += count;
  }

  /** The event's time in milliseconds since 1970. It never decreases as the rank increases. */
  timeAt(rank: number): number {
    const { ties, seed } = this.#options;
    if (rank >= this.present) return FUTURE + Math.floor((rank - this.present) / ties) * SECOND;
    if (rank >= this.#past) return laterMoment(Math.floor((rank - this.#past) / ties));
    const back = Math.floor((this.#past - 1 - rank) / ties);
    if (back === 0) return END_OF_HISTORY;
    const bits = noise(seed, 61, back);
    const jitter = bits % this.#step;
    // Round some times to whole seconds, so that dates without milliseconds occur.
    const cut = this.#step >= SECOND && bits % 8 === 0 ? jitter % SECOND : 0;
    return END_OF_HISTORY - back * this.#step - jitter + cut;
  }

  /** The rank of the oldest event at or after a time. */
  firstFrom(time: number): number {
    let low = 0;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.timeAt(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The id consists of the time, digits from the seed, and the serial number. The rank can be computed from the id. */
  idAt(rank: number, time: number = this.timeAt(rank)): string {
    const { present } = this;
    const serial = rank < present ? rank : FUTURE_SERIAL + rank - present;
    return hex8(Math.floor(time / SECOND)) + this.#mark + hex8(serial);
  }

  /** The rank of the event with this id, if any. */
  rankOf(id: string): number | undefined {
    const serial = Number.parseInt(id.slice(16), 16);
    const { present, end } = this;
    const rank = serial < FUTURE_SERIAL ? serial : serial - FUTURE_SERIAL + present;
    const exists = rank >= 0 && (serial < FUTURE_SERIAL ? rank < present : rank < end);
    return exists && this.idAt(rank) === id ? rank : undefined;
  }
}
