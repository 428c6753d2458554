/** The right to have one request in flight. */
export interface Permit {
  /** Gives the permit back. Further calls do nothing. */
  release(): void;
}

type Waiter = PromiseWithResolvers<Permit>;

interface Origin {
  inFlight: number;
  /** The waiters of each stream. A Map keeps its order, so the first entry is the next stream to serve. */
  waiting: Map<string, Waiter[]>;
}

/**
 * A semaphore that all streams of a sync share. A free permit goes to the origin with the fewest requests in flight, so a slow
 * origin can't starve the others, and at that origin to the streams in turn, so a stream with hundreds of partitions can't starve
 * one that sends request after request.
 */
export class Permits {
  #free: number;
  /** Origins that were served last come last. */
  readonly #origins = new Map<string, Origin>();
  #isScheduled = false;

  constructor(permits: number) {
    this.#free = permits;
  }

  acquire(address: string, stream: string): Promise<Permit> {
    const waiter: Waiter = Promise.withResolvers();
    const { waiting } = this.#originAt(address);
    const waiters = waiting.get(stream) ?? [];
    waiters.push(waiter);
    waiting.set(stream, waiters);
    this.#schedule();
    return waiter.promise;
  }

  /** Rejects all waiters for an origin. */
  cancel(address: string, reason: unknown): void {
    const { waiting } = this.#originAt(address);
    for (const waiter of [...waiting.values()].flat()) waiter.reject(reason);
    waiting.clear();
  }

  #originAt(address: string): Origin {
    const known = this.#origins.get(address);
    if (known !== undefined) return known;
    const origin: Origin = { inFlight: 0, waiting: new Map() };
    this.#origins.set(address, origin);
    return origin;
  }

  /** In a microtask, once every request of this moment is queued: otherwise the first origin would take all permits. */
  #schedule(): void {
    if (this.#isScheduled || this.#free === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#grant();
    });
  }

  #grant(): void {
    while (this.#free > 0) {
      const next = this.#nextOrigin();
      if (next === undefined) return;
      const [address, origin] = next;
      this.#origins.delete(address);
      this.#origins.set(address, origin);
      this.#free -= 1;
      origin.inFlight += 1;
      takeNext(origin.waiting)?.resolve(this.#permitFor(origin));
    }
  }

  #nextOrigin(): [address: string, origin: Origin] | undefined {
    let next: [string, Origin] | undefined;
    for (const entry of this.#origins) {
      const [, { waiting, inFlight }] = entry;
      if (waiting.size > 0 && (next === undefined || inFlight < next[1].inFlight)) next = entry;
    }
    return next;
  }

  #permitFor(origin: Origin): Permit {
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        origin.inFlight -= 1;
        this.#free += 1;
        this.#schedule();
      },
    };
  }
}

function takeNext(waiting: Map<string, Waiter[]>): Waiter | undefined {
  for (const [stream, waiters] of waiting) {
    const next = waiters.shift();
    waiting.delete(stream);
    if (waiters.length > 0) waiting.set(stream, waiters);
    return next;
  }
  return undefined;
}
