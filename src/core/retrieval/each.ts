import { type ConnectorError, asConnectorError } from '../failure/errors.ts';
import { count } from '../reading/report.ts';
import type { StreamReader } from '../reading/stream-reader.ts';
import type { Partition } from './partitions.ts';

/** After this many consecutive transient failures, give up: hundreds more requests could take hours. */
const MAX_FAILURES_IN_A_ROW = 5;

/** A partition, or a row whose details are requested separately. */
export type Item = Pick<Partition, 'label' | 'account' | 'origin'>;

export interface Outcome<T> {
  rejected: Map<T, ConnectorError>;
  /** The first failure, which makes the stream incomplete. */
  failure: ConnectorError | undefined;
}

/**
 * Reads all items; the origins of each account are read in parallel. A failure is logged, and the other items are read,
 * unless too many fail in a row or the origin's circuit opens. `noun` is the name of an item in messages. Throws only bugs
 * and the signal's reason.
 */
export async function each<S, T extends Item>(
  { session, stream }: StreamReader<S>,
  items: readonly T[],
  noun: string,
  read: (item: T) => Promise<void>,
): Promise<Outcome<T>> {
  const outcome: Outcome<T> = { rejected: new Map(), failure: undefined };
  const log = (sentence: string): void => session.output.log('error', `${stream.name}: ${sentence}`);

  async function readGroup(group: readonly T[]): Promise<void> {
    let failuresInARow = 0;
    let untried = group.length;
    function* next(): Generator<T> {
      for (const item of group) {
        if (failuresInARow >= MAX_FAILURES_IN_A_ROW) return;
        yield item;
      }
    }
    await eachInParallel(next(), session.workers, async (item) => {
      try {
        await read(item);
        failuresInARow = 0;
      } catch (thrown) {
        session.signal.throwIfAborted();
        const error = asConnectorError(thrown);
        if (error.problem === 'unexpected') throw thrown;
        // One log line is enough for all items that waited for the same circuit.
        if (error.endsOrigin && failuresInARow >= MAX_FAILURES_IN_A_ROW) return;
        if (error.endsOrigin) failuresInARow = MAX_FAILURES_IN_A_ROW;
        else if (error.failureType === 'transient_error') failuresInARow += 1;
        if (error.isRejection) outcome.rejected.set(item, error);
        else {
          outcome.failure ??= error;
          log(`${item.label} could not be read: ${error.message}`);
        }
      }
      untried -= 1;
    });
    if (untried > 0) {
      log(`${count(untried, `more ${noun}`)} ${untried === 1 ? 'was' : 'were'} not requested, for the same reason`);
    }
  }

  const groups = [...Map.groupBy(items, ({ account, origin }) => `${account} ${origin}`).values()];
  await eachInParallel(groups, groups.length, readGroup);
  return outcome;
}

/**
 * Runs `work` for each item in order, up to `width` at once. After a failure, no further items are started. The items in
 * progress are awaited, and then the first error is thrown.
 */
export async function eachInParallel<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && errors.length === 0; next = queue.next()) {
      try {
        await work(next.value);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  if (errors.length > 0) throw errors[0];
}
