import { setImmediate as everyoneElse } from 'node:timers/promises';
import type { Timing } from '../../src/http/traffic/retry.ts';

interface Sleeper {
  until: number;
  wake: () => void;
}

/**
 * A clock that advances to the next wake-up whenever all code sleeps. Hours of waiting take no time, and tests are deterministic. The
 * tested code must wait only for this clock and for promises.
 */
export class VirtualTime implements Timing {
  chance = 0.5;
  readonly #sleepers = new Set<Sleeper>();
  #now: number;

  constructor(now = 0) {
    this.#now = now;
  }

  now = (): number => this.#now;

  monotonic = (): number => this.#now;

  random = (): number => this.chance;

  sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      };
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper = { until: this.#now + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', stop);
    });
  };

  /** Waits for the result of `work` without taking real time. Throws if `work` can never continue. */
  async pass<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const end = (): void => {
      settled = true;
    };
    work.then(end, end);
    for (;;) {
      await everyoneElse();
      if (settled) return work;
      const next = [...this.#sleepers].reduce<Sleeper | undefined>(
        (first, sleeper) => (first === undefined || sleeper.until < first.until ? sleeper : first),
        undefined,
      );
      if (next === undefined) throw new Error('nothing sleeps, and nothing continues');
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
  }

  /** Lets all code continue as far as possible without advancing the clock. */
  async standStill(): Promise<void> {
    await everyoneElse();
  }
}

/** A clock whose sleeps take no time, for code that also waits for a real server. `slept` lists the sleeps. */
export function skippedTime(now = 0): Timing & { slept: number[] } {
  const slept: number[] = [];
  const clock = (): number => now + slept.reduce((sum, ms) => sum + ms, 0);
  return {
    slept,
    now: clock,
    monotonic: clock,
    random: () => 0.5,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      slept.push(ms);
      await everyoneElse();
    },
  };
}
