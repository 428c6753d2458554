import { ConnectorError, expectedError, transientFirst } from '../failure/errors.ts';
import { count } from '../../text/count.ts';
import type { StreamReader } from '../reading/stream-reader.ts';
import type { Partition, Partitions } from './partitions.ts';

/** After this many consecutive transient failures, give up: hundreds more requests could take hours. */
const MAX_FAILURES_IN_A_ROW = 5;

/** A partition, or a row whose details are requested separately. */
export type Item = Pick<Partition, 'label' | 'account' | 'origin'>;

/**
 * Reads all partitions. If the API rejects a partition, skips it with a warning. Throws an error if the API rejects all partitions of an
 * account or, with fail_on_refused_deployments, any partition. Throws failures only after the remaining partitions have been read.
 * Returns whether all partitions were read.
 */
export async function eachPartition(
  reader: StreamReader,
  { chosen: partitions, failure: unknown }: Pick<Partitions, 'chosen' | 'failure'>,
  noun: string,
  read: (partition: Partition) => Promise<void>,
  mayBeAbsent = false,
): Promise<boolean> {
  const { session } = reader;
  const { rejected, failure } = await each(reader, partitions, noun, read);
  const failures = [failure, unknown].filter((one) => one !== undefined);
  for (const [account, found] of Map.groupBy(rejected, ([partition]) => partition.account)) {
    // Report a missing role rather than missing data, because users can fix a missing role.
    const [[first, error] = []] = found.toSorted(([, a], [, b]) => Number(a.is('absence')) - Number(b.is('absence')));
    if (error === undefined) continue;
    if (found.length === partitions.filter((one) => one.account === account).length) {
      if (!error.is('absence') || !mayBeAbsent) failures.push(error);
      else reader.warn(`this stream is unavailable for every ${noun} (${error.answer}), so it has no records`);
    } else if (failure === undefined && session.failOnRefusedDeployments) {
      const others = found.length === 1 ? '' : ` and ${count(found.length - 1, `other ${noun}`)}`;
      const { answer = '', internalMessage = '' } = error;
      const facts = { ...session.terms, which: `${first?.label}${others}`, answer };
      failures.push(new ConnectorError('partitions_rejected', facts, { internalMessage }));
    } else {
      reader.skipped = count(rejected.size, noun);
      for (const [{ label }, { answer }] of found) {
        reader.warn(
          `the API rejected this stream's requests for ${label} (${answer}), so this ${noun} is skipped. Destinations that overwrite tables lose its earlier records. To make the stream fail instead, turn on fail_on_refused_deployments`,
        );
      }
    }
  }
  throwFirst(reader, failures);
  return rejected.size === 0;
}

/** Throws one of the failures, preferably a transient one, and logs the others. */
export function throwFirst({ session, stream }: StreamReader, failures: readonly ConnectorError[]): void {
  const [first, ...others] = failures.toSorted(transientFirst);
  for (const { message } of others) session.output.log('error', `${stream.name}: ${message}`);
  if (first !== undefined) throw first;
}

/**
 * Reads all items; different accounts and origins are read in parallel. Logs a failure and continues, unless too many items of an origin
 * fail in a row or the origin's circuit opens. `noun` is the name of an item in messages. Throws only bugs and the signal's reason. Returns
 * the rejections, and the first failure.
 */
export async function each<T extends Item>(
  { session, stream }: StreamReader,
  items: readonly T[],
  noun: string,
  read: (item: T) => Promise<void>,
): Promise<{ rejected: Map<T, ConnectorError>; failure: ConnectorError | undefined }> {
  const rejected = new Map<T, ConnectorError>();
  let failure: ConnectorError | undefined;
  const log = (sentence: string): void => session.output.log('error', `${stream.name}: ${sentence}`);

  async function readGroup(group: readonly T[]): Promise<void> {
    let failuresInARow = 0;
    let untried = 0;
    let hasEnded = false;
    await eachInParallel(group, session.workers, async (item) => {
      if (hasEnded) {
        untried += 1;
        return;
      }
      try {
        await read(item);
        failuresInARow = 0;
      } catch (thrown) {
        session.signal.throwIfAborted();
        const error = expectedError(thrown);
        // One log line is enough for all items that waited for the same circuit.
        if (error.is('fatalToOrigin') && hasEnded) untried += 1;
        else if (error.is('rejection')) rejected.set(item, error);
        else {
          failure ??= error;
          log(`${item.label} could not be read: ${error.message}`);
        }
        if (error.failureType === 'transient_error') failuresInARow += 1;
        if (error.is('fatalToOrigin') || failuresInARow >= MAX_FAILURES_IN_A_ROW) hasEnded = true;
      }
    });
    if (untried > 0) {
      log(`${count(untried, `more ${noun}`)} ${untried === 1 ? 'was' : 'were'} not requested, for the same reason`);
    }
  }

  const groups = [...Map.groupBy(items, ({ account, origin }) => `${account} ${origin}`).values()];
  await eachInParallel(groups, groups.length, readGroup);
  return { rejected, failure };
}

/** Runs `work` for each item in order, up to `width` at once. After a failure, finishes the current items, then throws the first error. */
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
