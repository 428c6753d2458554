import { CircuitOpenError, type ConnectorError, asConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import type { StreamRead } from './stream-read.ts';

/** After this many transient failures in a row, the rest of the group is not requested: hundreds more would take hours. */
const MAX_FAILURES_IN_A_ROW = 5;

/** Things of one kind that are read one by one from the same origin. */
export interface Group<T> {
  items: readonly T[];
  /** Throws what went wrong. */
  readOne: (item: T) => Promise<void>;
  /** Called for an item that the API rejects. */
  refused: (item: T, error: ConnectorError) => Promise<void> | void;
  /** Begins the line about an item that failed: `deployment 5a2b… could not be read`. */
  lineOf: (item: T) => string;
  /** Called with the reasons why the stream is incomplete. */
  failed: (error: ConnectorError) => void;
}

/**
 * Reads all items of a group in parallel. A failure is logged, and the others are read all the same, unless too many fail in a row or
 * the origin's circuit opens. Throws only bugs, and the signal's reason.
 */
export async function readEach<S, T>(
  { run, definition }: StreamRead<S>,
  { items, readOne, refused, lineOf, failed }: Group<T>,
): Promise<void> {
  let failuresInARow = 0;
  /** Why the rest is not requested, as the end of a sentence. */
  let end: string | undefined;
  let untried = 0;
  await eachInParallel(items, run.workers, async (item) => {
    if (end !== undefined) {
      untried += 1;
      return;
    }
    try {
      await readOne(item);
      failuresInARow = 0;
    } catch (thrown) {
      run.signal.throwIfAborted();
      const error = asConnectorError(thrown);
      if (error.problem === 'unexpected') throw thrown;
      if (error.isRejection) {
        await refused(item, error);
        return;
      }
      const isOpen = error instanceof CircuitOpenError;
      if (isOpen && end !== undefined) {
        untried += 1;
        return;
      }
      if (error.failureType === 'transient_error') failuresInARow += 1;
      if (isOpen) end = 'for the same reason';
      else if (failuresInARow >= MAX_FAILURES_IN_A_ROW) end ??= `after ${MAX_FAILURES_IN_A_ROW} failures in a row`;
      failed(error);
      run.output.log('error', `${definition.name}: ${lineOf(item)}: ${error.message}`);
    }
  });
  if (untried > 0) {
    const those = untried === 1 ? '1 more deployment was' : `${untried} more deployments were`;
    run.output.log('error', `${definition.name}: ${those} not requested, ${end}`);
  }
}
