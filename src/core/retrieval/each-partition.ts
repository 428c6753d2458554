import { ConnectorError, transientFirst } from '../failure/errors.ts';
import { count } from '../reading/report.ts';
import type { StreamReader } from '../reading/stream-reader.ts';
import { each } from './each.ts';
import type { Partition, Partitions } from './partitions.ts';

/**
 * Reads all partitions. Skips each partition that the API rejects, with a warning. Throws the rejection if the API
 * rejects all partitions of an account, or if the user turned on fail_on_refused_deployments. Throws the first failure only
 * after the remaining partitions have been read. Returns whether all partitions were read.
 */
export async function eachPartition<S>(
  reader: StreamReader<S>,
  { chosen: partitions, failure: unknown }: Pick<Partitions, 'chosen' | 'failure'>,
  noun: string,
  read: (partition: Partition) => Promise<void>,
  absentEverywhere?: 'empty',
): Promise<boolean> {
  const { session, report } = reader;
  const { rejected, failure } = await each(reader, partitions, noun, read);
  const byAccount = Map.groupBy(partitions, ({ account }) => account).values();
  const errors = [...byAccount].map((group) => {
    const found = group.flatMap((one): Array<[Partition, ConnectorError]> => {
      const error = rejected.get(one);
      return error === undefined ? [] : [[one, error]];
    });
    // A missing role matters more to users than missing data.
    const [[first, error] = []] = found.toSorted(([, a], [, b]) => Number(a.isAbsence) - Number(b.isAbsence));
    if (error === undefined) return undefined;
    if (found.length === group.length) {
      if (!error.isAbsence || absentEverywhere !== 'empty') return error;
      const statuses = [...new Set(found.map(([, { status }]) => status))].join(' or ');
      reader.warn(`the API does not have this stream for any ${noun} (HTTP ${statuses}), so the stream has no records`);
    } else if (failure === undefined && session.failOnRefusedDeployments) {
      const others = found.length === 1 ? '' : ` and ${count(found.length - 1, `other ${noun}`)}`;
      const { answer = '', internalMessage = '' } = error;
      const facts = { ...session.terms, which: `${first?.label}${others}`, answer };
      return new ConnectorError('partitions_rejected', facts, { internalMessage });
    } else {
      report.skipped = count(rejected.size, noun);
      for (const [{ label }, { answer }] of found) {
        reader.warn(
          `the API rejects this stream for ${label} (${answer}), so it is skipped. The sync has no records for it, and a destination that overwrites loses those it had. To make the stream fail instead, turn on fail_on_refused_deployments`,
        );
      }
    }
    return undefined;
  });
  const [error, ...others] = [failure, unknown, ...errors]
    .filter((each) => each !== undefined)
    .toSorted(transientFirst);
  for (const { message } of others) session.output.log('error', `${reader.stream.name}: ${message}`);
  if (error !== undefined) throw error;
  return rejected.size === 0;
}
