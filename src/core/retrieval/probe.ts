import { ConnectorError } from '../failure/errors.ts';
import { utcText } from '../record/timestamp.ts';
import type { Stream } from '../stream/stream.ts';
import type { ParsedPage, Request } from '../stream/request.ts';
import { monthOf } from './month/month.ts';
import type { Partition, Partitions, Skipped } from './partitions.ts';
import type { List } from './shared/declaration.ts';

/** After this many rejected partitions, assume that all are rejected. One or two may be rejected because they are new or being deleted. */
const MAX_PARTITIONS = 3;
const MINUTE = 60_000;

export interface Probed {
  /** The number of rows in the responses, or undefined if the stream counts as unreadable. */
  rows: number | undefined;
  /** The parts of the stream that can't be read. If a read would fail, the first of these explains why. */
  skipped: readonly Skipped[];
}

type Count = (partition: Partition) => Promise<number>;

/** Predicts with few requests whether a read would succeed. Returns rejections and failed accounts in `skipped`; throws other errors. */
export async function probe(
  { retrieval }: Stream,
  shared: unknown,
  get: (request: Request) => Promise<unknown>,
  failOnRejected: boolean,
): Promise<Probed> {
  const countIn = async (list: { rows(body: unknown, path: string): ParsedPage }, request: Request): Promise<number> =>
    list.rows(await get(request), request.path).rows.length;
  switch (retrieval.way) {
    case 'once':
      return { rows: await countIn(retrieval, retrieval.request(shared)), skipped: [] };
    case 'newest-first': {
      const query = retrieval.query({ newerThan: undefined, after: undefined }, shared);
      return { rows: await countIn(retrieval, { path: retrieval.path, query }), skipped: [] };
    }
    case 'shared':
      return loadedOf(await retrieval.load(shared));
    case 'month':
      return loadedOf(await retrieval.load(monthOf(utcText(Date.now())), shared));
    case 'window': {
      const now = Date.now();
      const lastMinute = { from: utcText(now - MINUTE), to: utcText(now) };
      return ofAccounts(await retrieval.partitions(shared), (each) =>
        countIn(retrieval, retrieval.request(each, lastMinute)),
      );
    }
    case 'partition':
      return ofAccounts(await retrieval.partitions(shared), (each) => countIn(retrieval, retrieval.request(each)));
  }

  /** The stream counts as readable if at least one account can be read. */
  async function ofAccounts({ chosen, failure }: Partitions, count: Count): Promise<Probed> {
    if (chosen.length === 0 && failure === undefined) return { rows: 0, skipped: [] };
    const groups = [...Map.groupBy(chosen, ({ account }) => account).values()];
    const outcomes = await Promise.all(groups.map((group) => ofAccount(group, count)));
    if (failure !== undefined) outcomes.push(probedFailure(failure));
    const counts = outcomes.flatMap(({ rows }) => rows ?? []);
    return {
      rows: counts.length === 0 ? undefined : counts.reduce((sum, rows) => sum + rows, 0),
      skipped: outcomes.flatMap(({ skipped }) => skipped),
    };
  }

  /** Predicts the outcome of `eachPartition`. Stops at the first readable partition, unless the stream is read in time windows. */
  async function ofAccount(group: readonly Partition[], count: Count): Promise<Probed> {
    const mayBeAbsent = retrieval.way === 'partition' && retrieval.mayBeAbsent === true;
    const requested = group.filter(({ rows }) => rows === undefined);
    const rejected: Skipped[] = [];
    let rows = group.reduce((sum, each) => sum + (each.rows?.length ?? 0), 0);
    let isReadable = false;
    for (const each of retrieval.way === 'partition' ? requested.slice(0, MAX_PARTITIONS) : requested) {
      try {
        rows += await count(each);
        isReadable = true;
        if (retrieval.way === 'partition') break;
      } catch (thrown) {
        if (!(thrown instanceof ConnectorError) || !thrown.is('rejection')) throw thrown;
        rejected.push({ ...each, error: thrown });
      }
    }
    const skipped = rejected.find(({ error }) => !error.is('absence')) ?? rejected[0];
    if (skipped === undefined) return { rows, skipped: [] };
    if (!isReadable && skipped.error.is('absence') && mayBeAbsent) return { rows, skipped: [] };
    return { rows: !isReadable || failOnRejected ? undefined : rows, skipped: [skipped] };
  }
}

function loadedOf({ rows, skipped = [], failure }: List): Probed {
  return { rows: rows.length, skipped: failure === undefined ? skipped : probedFailure(failure).skipped };
}

function probedFailure(error: ConnectorError): Probed {
  return { rows: undefined, skipped: [{ label: `account ${error.account}`, error }] };
}
