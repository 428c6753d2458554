/** So many requests in so long. */
export interface Rate {
  requests: number;
  ms: number;
}

/** Server and client do not count from the same moment: a request may have been on its way for longer than the next. */
const MARGIN_MS = 1_000;

/** Keeps requests ahead of a rate that an API is known to refuse more of. As many as allowed go at once, the rest in turn. */
export class Pace {
  readonly #rate: Rate;
  readonly #now: () => number;
  /** When the last ones go, oldest first: as many as the rate allows. */
  readonly #turns: number[] = [];

  /** `now` gives Unix ms. */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes the next turn, and gives in how many ms it is. */
  take(): number {
    const now = this.#now();
    const { requests, ms } = this.#rate;
    const before = this.#turns.length < requests ? undefined : this.#turns.shift();
    const turn = before === undefined ? now : Math.max(now, before + ms + MARGIN_MS);
    this.#turns.push(turn);
    return turn - now;
  }
}
