/**
 * The requests that may be in flight at once, shared by all streams of a read. Free slots go to the streams in turn, so
 * that a stream with hundreds of slices does not keep one with a single long walk waiting. Whoever has a slot keeps it
 * until stdout has taken what it read: with a stalled reader nothing piles up.
 */
export class RequestSlots {
  #free: number;
  /** The waiting of each stream. A Map keeps its order, so its first entry is the stream whose turn it is. */
  readonly #waiting = new Map<string, Array<() => void>>();

  constructor(slots: number) {
    this.#free = slots;
  }

  async use<T>(owner: string, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      await new Promise<void>((go) => {
        const line = this.#waiting.get(owner);
        if (line === undefined) this.#waiting.set(owner, [go]);
        else line.push(go);
      });
    }
    try {
      return await work();
    } finally {
      this.#passOn();
    }
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
