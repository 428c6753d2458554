import { END_OF_HISTORY, FUTURE, HOUR, SECOND, YEAR, laterMoment } from '../data/calendar.ts';
import { noise } from '../data/noise.ts';

export interface TimelineOptions {
  readonly seed: number;
  /** How many events the fixed history has. */
  readonly events: number;
  /** How many of the newest events are dated in the future. */
  readonly future: number;
  /** How many neighbours share one timestamp. */
  readonly ties: number;
}

const LONGEST_STEP = 6 * HOUR;

/**
 * When each audit event happened, computed from its rank: 0 is the oldest, the newest comes last. Nothing is stored, so
 * ten million events cost no more than ten. Between the fixed history and the events of the future lie those added later.
 */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #past: number;
  readonly #step: number;
  #added = 0;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#past = options.events - options.future;
    const groups = Math.max(1, Math.ceil(this.#past / options.ties));
    const step = Math.min(LONGEST_STEP, Math.max(1, Math.floor((4 * YEAR) / groups)));
    this.#step = step >= SECOND ? step - (step % SECOND) : step;
  }

  /** One more than the rank of the newest event. */
  get end(): number {
    return this.#options.events + this.#added;
  }

  /** How many events are not dated in the future; their ranks come first. */
  get present(): number {
    return this.#past + this.#added;
  }

  add(count: number): void {
    this.#added += count;
  }

  /** Milliseconds since 1970. Never falls as the rank rises. */
  timeAt(rank: number): number {
    const { ties, seed } = this.#options;
    if (rank >= this.present) return FUTURE + Math.floor((rank - this.present) / ties) * SECOND;
    if (rank >= this.#past) return laterMoment(Math.floor((rank - this.#past) / ties));
    const back = Math.floor((this.#past - 1 - rank) / ties);
    if (back === 0) return END_OF_HISTORY;
    const bits = noise(seed, 61, back);
    const jitter = bits % this.#step;
    // Some lie on a whole second, so that dates without milliseconds occur.
    const cut = this.#step >= SECOND && bits % 8 === 0 ? jitter % SECOND : 0;
    return END_OF_HISTORY - back * this.#step - jitter + cut;
  }

  /** The rank of the oldest event at or after the time. */
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
}
