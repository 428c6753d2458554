import type { Finished } from './processes.ts';
import type { KillAfterLines } from './planted-code.ts';

/** The seed is the same in every run of the tests, so that failures can be reproduced. */
const SEED = 42;

/** Generates integers from 0 up to, but not including, a bound. The sequence depends only on the seed. */
export function randomNumbers(seed = SEED): (bound: number) => number {
  let last = seed;
  return (bound) => {
    last = (last * 48_271) % 2_147_483_647;
    return last % bound;
  };
}

interface Interruptions<State, Result> {
  /** The number of runs to interrupt. */
  count: number;
  /** Each run is interrupted after a random number of lines, up to this maximum. */
  maxLines: number;
  /** The signal that interrupts a run. Default: SIGKILL. */
  signal?: NodeJS.Signals;
  /**
   * Runs the command from a state. Returns the state to resume from: the last printed state, or the given state if the run printed no
   * state.
   */
  run: (state: State | undefined, killAfterLines: KillAfterLines | undefined) => Promise<Result>;
  /** Called after each interrupted run. */
  between?: (() => void) | undefined;
}

/** Repeatedly interrupts a command at a random line and resumes it, and then lets it complete. */
export async function runInterrupted<State, Result extends Pick<Finished, 'signal'> & { state: State | undefined }>({
  count,
  maxLines,
  signal = 'SIGKILL',
  run,
  between,
}: Interruptions<State, Result>): Promise<Result> {
  const random = randomNumbers();
  let state: State | undefined;
  for (let interrupted = 0; interrupted < count; interrupted += 1) {
    const lines = 1 + random(maxLines);
    const result = await run(state, { lines, signal });
    if (result.signal !== signal) {
      throw new Error(`Run ${interrupted + 1} of ${count} ended before line ${lines} (seed ${SEED})`);
    }
    ({ state } = result);
    between?.();
  }
  return run(state, undefined);
}
