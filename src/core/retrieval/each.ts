import { CircuitOpenError, type ConnectorError, asConnectorError } from '../failure/errors.ts';
import type { StreamReader } from '../reading/stream-reader.ts';
import { eachInParallel } from './parallel.ts';

/** After so many transient failures in a row, the rest of the group is not requested: hundreds more would take hours. */
const MAX_FAILURES_IN_A_ROW = 5;

interface Each<T> {
  /** Items of different origins do not wait for each other. */
  originOf: (item: T) => string | undefined;
  /** Why an item failed before it could be read. */
  knownFailureOf?: (item: T) => ConnectorError | undefined;
  /** Reads one item. Throws what went wrong. */
  read: (item: T) => Promise<void>;
  /** Begins the line about an item that failed: `deployment 5a2b… could not be read`. */
  failureOf: (item: T) => string;
}

/** What became of the items that could not be read. */
export interface Outcome<T> {
  /** What the API rejects. */
  rejected: Map<T, ConnectorError>;
  /** Why the stream is incomplete, in the order in which it happened. */
  failures: ConnectorError[];
}

/**
 * Reads all items, those of each origin in parallel. A failure is logged, and the others are read all the same, unless too
 * many fail in a row or the origin's circuit opens. Throws only bugs, and the signal's reason.
 */
export async function each<S, T>(
  reader: StreamReader<S>,
  items: readonly T[],
  { originOf, knownFailureOf, read, failureOf }: Each<T>,
): Promise<Outcome<T>> {
  const { session, stream } = reader;
  const outcome: Outcome<T> = { rejected: new Map(), failures: [] };
  const log = (sentence: string): void => session.output.log('error', `${stream.name}: ${sentence}`);
  const fail = (item: T, error: ConnectorError): void => {
    outcome.failures.push(error);
    log(`${failureOf(item)}: ${error.message}`);
  };

  async function readGroup(group: readonly T[]): Promise<void> {
    let failuresInARow = 0;
    /** Why the rest is not requested, as the end of a sentence. */
    let end: string | undefined;
    let untried = 0;
    await eachInParallel(group, session.workers, async (item) => {
      if (end !== undefined) {
        untried += 1;
        return;
      }
      try {
        await read(item);
        failuresInARow = 0;
      } catch (thrown) {
        session.signal.throwIfAborted();
        const error = asConnectorError(thrown);
        if (error.problem === 'unexpected') throw thrown;
        if (error.isRejection) {
          outcome.rejected.set(item, error);
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
        fail(item, error);
      }
    });
    if (untried === 0) return;
    const those = untried === 1 ? '1 more deployment was' : `${untried} more deployments were`;
    log(`${those} not requested, ${end}`);
  }

  const readable: T[] = [];
  for (const item of items) {
    const error = knownFailureOf?.(item);
    if (error === undefined) readable.push(item);
    else fail(item, error);
  }
  const groups = [...Map.groupBy(readable, originOf).values()];
  await eachInParallel(groups, groups.length, readGroup);
  return outcome;
}
