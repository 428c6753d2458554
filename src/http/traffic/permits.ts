/** Releases a permit. Must be called only once. */
type Release = () => void;

interface Waiter extends PromiseWithResolvers<Release> {
  address: string;
  /** The address and the stream. The queues of an address take turns. */
  queue: string;
}

/**
 * A semaphore that all streams of a sync share. A free permit goes to the origin with the fewest requests in flight, so that
 * a slow origin can't starve other origins. The streams of an origin take turns, so that a stream with hundreds of
 * partitions can't starve a stream that sends one request at a time.
 */
export class Permits {
  #free: number;
  #waiting: Waiter[] = [];
  /** The number of requests in flight, by address. */
  readonly #inFlight = new Map<string, number>();
  /** The sequence number of the last permit that each address and queue received. */
  readonly #served = new Map<string, number>();
  #granted = 0;
  #isScheduled = false;

  constructor(permits: number) {
    this.#free = permits;
  }

  acquire(address: string, stream: string): Promise<Release> {
    const waiter = { ...Promise.withResolvers<Release>(), address, queue: `${address} ${stream}` };
    this.#waiting.push(waiter);
    this.#schedule();
    return waiter.promise;
  }

  /** Rejects all waiting requests of an origin. */
  cancel(address: string, reason: unknown): void {
    const canceled = this.#waiting.filter((waiter) => waiter.address === address);
    this.#waiting = this.#waiting.filter((waiter) => waiter.address !== address);
    for (const { reject } of canceled) reject(reason);
  }

  /** Grants permits after all simultaneous requests are queued. Otherwise, the first origin would take all permits. */
  #schedule(): void {
    if (this.#isScheduled || this.#free === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      while (this.#free > 0 && this.#waiting.length > 0) this.#grant();
    });
  }

  #grant(): void {
    const next = this.#waiting.reduce((first, waiter) => (this.#compare(waiter, first) < 0 ? waiter : first));
    const { address, queue, resolve } = next;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#granted += 1;
    for (const key of [address, queue]) this.#served.set(key, this.#granted);
    this.#count(address, 1);
    resolve(() => {
      this.#count(address, -1);
      this.#schedule();
    });
  }

  /** Returns a negative number if `one` goes first. */
  #compare(one: Waiter, other: Waiter): number {
    const inFlight = ({ address }: Waiter): number => this.#inFlight.get(address) ?? 0;
    const served = (key: string): number => this.#served.get(key) ?? 0;
    return (
      inFlight(one) - inFlight(other) ||
      served(one.address) - served(other.address) ||
      served(one.queue) - served(other.queue)
    );
  }

  #count(address: string, change: 1 | -1): void {
    this.#free -= change;
    this.#inFlight.set(address, (this.#inFlight.get(address) ?? 0) + change);
  }
}
