import { ConnectorError } from '../failure/errors.ts';
import { count } from '../reading/report.ts';
import type { StreamReader } from '../reading/stream-reader.ts';
import { each } from './each.ts';
import type { Partition } from './partitions.ts';

/**
 * Reads all partitions. Skips each partition that the API rejects, with a warning. Throws the rejection if the API
 * rejects all partitions, or if the user turned on fail_on_refused_deployments. Throws the first failure only after the
 * remaining partitions have been read. Returns whether all partitions were read.
 */
export async function eachPartition<S>(
  reader: StreamReader<S>,
  partitions: readonly Partition[],
  noun: string,
  read: (partition: Partition) => Promise<void>,
  absentEverywhere?: 'empty',
): Promise<boolean> {
  const { session, report } = reader;
  const { rejected, failure } = await each(reader, partitions, noun, read);
  // Report a missing role rather than an absence, because the user can grant the role.
  const rejections = [...rejected].toSorted(([, a], [, b]) => Number(a.isAbsence) - Number(b.isAbsence));
  const [[first, error] = []] = rejections;
  if (error !== undefined && rejected.size === partitions.length) {
    if (!error.isAbsence || absentEverywhere !== 'empty') throw error;
    const statuses = [...new Set([...rejected.values()].map(({ status }) => status))].join(' or ');
    reader.warn(`the API does not have this stream for any ${noun} (HTTP ${statuses}), so it has no records`);
  } else if (error !== undefined && failure === undefined && session.failOnRefusedDeployments) {
    const others = rejected.size === 1 ? '' : ` and ${count(rejected.size - 1, `other ${noun}`)}`;
    const { answer = '', internalMessage = '' } = error;
    const facts = { ...session.terms, which: `${first?.label}${others}`, answer };
    throw new ConnectorError('partitions_rejected', facts, { internalMessage });
  } else if (error !== undefined) {
    report.skipped = count(rejected.size, noun);
    for (const [{ label }, { answer }] of rejected) {
      reader.warn(
        `the API rejects this stream for ${label} (${answer}), so it is skipped. The sync has no records for it, and a destination that overwrites loses those it had. To make the stream fail instead, turn on fail_on_refused_deployments`,
      );
    }
  }
  if (failure !== undefined) throw failure;
  return rejected.size === 0;
}
