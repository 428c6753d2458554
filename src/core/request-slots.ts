/** Waits with the slot given back, so that others may use it, and gets one again. */
export type Pause = <T>(wait: () => Promise<T>) => Promise<T>;

/**
 * The requests that may be in flight at once, shared by all streams of a read. Free slots go to the streams in turn, so
 * that a stream with hundreds of slices does not keep one with a single long walk waiting. Whoever has a slot keeps it
 * until stdout has taken what it read: with a stalled reader nothing piles up. Only who waits for a server to accept requests
 * again lets others go on meanwhile, who may ask another.
 */
export class RequestSlots {
  #free: number;
  /** The waiting of each stream. A Map keeps its order, so its first entry is the stream whose turn it is. */
  readonly #waiting = new Map<string, Array<() => void>>();

  constructor(slots: number) {
    this.#free = slots;
  }

  async use<T>(owner: string, work: (pause: Pause) => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turnOf(owner);
    try {
      return await work(async (wait) => {
        this.#passOn();
        try {
          return await wait();
        } finally {
          if (this.#free > 0) this.#free -= 1;
          else await this.#turnOf(owner);
        }
      });
    } finally {
      this.#passOn();
    }
  }

  #turnOf(owner: string): Promise<void> {
    return new Promise((go) => {
      const line = this.#waiting.get(owner);
      if (line === undefined) this.#waiting.set(owner, [go]);
      else line.push(go);
    });
  }

  #passOn(): void {
    for (const [owner, line] of this.#waiting) {
      this.#waiting.delete(owner);
      const go = line.shift();
      if (line.length > 0) this.#waiting.set(owner, line);
      go?.();
      return;
    }
    this.#free += 1;
  }
}
