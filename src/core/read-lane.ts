import { type ConnectorError, asConnectorError } from './errors.ts';
import { FailureCount, Lane, NotTried } from './lane.ts';
import { eachInParallel } from './parallel.ts';
import type { StreamRead } from './stream-read.ts';

/** Things of one kind that are asked for one by one at the same place. */
export interface LaneWork<T> {
  items: readonly T[];
  /** Names the place, and streams that name the same share what is known of it; undefined: this stream knows alone. */
  place: string | undefined;
  /** Asks for one, in the lane. Throws what went wrong with it. */
  ask: (item: T, lane: Lane) => Promise<void>;
  /** Is told of one that the API refuses. */
  refused: (item: T, error: ConnectorError) => Promise<void> | void;
  /** Begins the line about one that failed: `deployment 5a2b… could not be read`. */
  lineOf: (item: T) => string;
  /** Is told why the stream is incomplete. */
  failed: (error: ConnectorError) => void;
}

/**
 * Asks for all of them side by side. One that fails is logged, and the others are asked for all the same, unless too many
 * fail in a row. Throws only what is a bug, and the signal's reason.
 */
export async function readLane<S, T>(
  { run, definition }: StreamRead<S>,
  { items, place, ask, refused, lineOf, failed }: LaneWork<T>,
): Promise<void> {
  const lane = new Lane(place === undefined ? undefined : silencesAt(place, run.silences));
  let failures = 0;
  let untried = 0;
  await eachInParallel(items, run.workers, async (item) => {
    try {
      lane.throwIfOut();
      await ask(item, lane);
      lane.succeeded();
    } catch (thrown) {
      run.signal.throwIfAborted();
      if (thrown instanceof NotTried) {
        untried += 1;
        return;
      }
      const error = asConnectorError(thrown);
      if (error.problem === 'unexpected') throw thrown;
      if (error.isRejection) {
        lane.refused();
        await refused(item, error);
        return;
      }
      lane.failed(error);
      failures += 1;
      failed(error);
      run.output.log('error', `${definition.name}: ${lineOf(item)}: ${error.message}`);
    }
  });
  if (untried > 0) {
    const these = untried === 1 ? '1 deployment was' : `${untried} deployments were`;
    run.output.log('error', `${definition.name}: ${these} not tried, since ${lane.reason}`);
    if (failures === 0 && lane.outage !== undefined) failed(lane.outage);
  }
}

function silencesAt(place: string, silences: Map<string, FailureCount>): FailureCount {
  const known = silences.get(place);
  if (known !== undefined) return known;
  const count = new FailureCount();
  silences.set(place, count);
  return count;
}
