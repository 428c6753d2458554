import { ConnectorError } from '../failure/errors.ts';
import { utcText } from '../record/timestamp.ts';
import type { Stream } from '../stream/stream.ts';
import type { Request } from '../stream/request.ts';
import { monthOf } from './month/month.ts';
import type { Partition, Partitions, Skipped } from './partitions.ts';
import type { List as Loaded } from './shared/declaration.ts';

/** After this many rejections, assume that all partitions are rejected. A few deployments may be new or being deleted. */
const MAX_PARTITIONS = 3;
const MINUTE = 60_000;

interface List {
  rows(body: unknown, request: Request): { rows: unknown[] };
}

export interface Probed {
  /** The number of rows, or undefined if a read would fail. */
  rows: number | undefined;
  /** The part that the API rejects, if any. */
  skipped?: Skipped | undefined;
}

/** Sends the cheapest request for a stream. Throws the error that a read would throw, unless partitions are rejected. */
export async function probe<S>(
  { retrieval }: Stream<S>,
  shared: S,
  get: (request: Request) => Promise<unknown>,
  failOnRejected: boolean,
): Promise<Probed> {
  const countIn = async (list: List, request: Request): Promise<number> =>
    list.rows(await get(request), request).rows.length;
  const countOf = async (partition: Partition, list: List, request: Request): Promise<number | Skipped> => {
    try {
      return await countIn(list, request);
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError) || !thrown.isRejection) throw thrown;
      return { ...partition, error: thrown };
    }
  };
  switch (retrieval.way) {
    case 'once':
      return { rows: await countIn(retrieval, retrieval.request(shared)) };
    case 'newest-first':
      return { rows: await countIn(retrieval, retrieval.request({ newerThan: undefined, after: undefined }, shared)) };
    case 'shared':
      return loadedOf(await retrieval.load(shared));
    case 'month':
      return loadedOf(await retrieval.load(monthOf(utcText(Date.now())), shared));
    case 'window': {
      const now = Date.now();
      const lastMinute = { from: utcText(now - MINUTE), to: utcText(now) };
      return ofAccounts(await retrieval.partitions(shared), async (chosen) => {
        const counts = chosen.map((each) => countOf(each, retrieval, retrieval.request(each, lastMinute, shared)));
        return outcomeOf(await Promise.all(counts));
      });
    }
    case 'partition':
      return ofAccounts(await retrieval.partitions(shared), async (chosen) => {
        const counts: Array<number | Skipped> = [];
        for (const each of chosen.filter(({ rows }) => rows === undefined).slice(0, MAX_PARTITIONS)) {
          const count = await countOf(each, retrieval, retrieval.request(each, shared));
          counts.push(count);
          if (typeof count === 'number') break;
        }
        const known = chosen.reduce((sum, { rows = [] }) => sum + rows.length, 0);
        return outcomeOf(counts, known, retrieval.absentEverywhere);
      });
  }

  /** Probes each account. If part of an account is rejected, the stream is still considered readable. */
  async function ofAccounts(
    { chosen, failure }: Partitions,
    probeGroup: (group: readonly Partition[]) => Promise<Probed>,
  ): Promise<Probed> {
    if (chosen.length === 0 && failure === undefined) return probeGroup([]);
    const groups = [...Map.groupBy(chosen, ({ account }) => account).values()];
    const outcomes = [...(await Promise.all(groups.map(probeGroup))), ...(failure ? [failureOf(failure)] : [])];
    const counts = outcomes.flatMap(({ rows }) => rows ?? []);
    return {
      rows: counts.length === 0 ? undefined : counts.reduce((sum, rows) => sum + rows, 0),
      skipped: outcomes.find(({ skipped }) => skipped !== undefined)?.skipped,
    };
  }

  /** The outcome that `eachPartition` would have for these partitions. */
  function outcomeOf(counts: ReadonlyArray<number | Skipped>, known = 0, absentEverywhere?: 'empty'): Probed {
    const rejected = counts.filter((count) => typeof count !== 'number');
    const rows = counts.filter((count) => typeof count === 'number').reduce((sum, count) => sum + count, known);
    const isAll = rejected.length === counts.length;
    const skipped = rejected.find(({ error }) => !error.isAbsence);
    if (rejected.length === 0 || (isAll && skipped === undefined && absentEverywhere === 'empty')) return { rows };
    return isAll || failOnRejected ? { rows: undefined, skipped: skipped ?? rejected[0] } : { rows, skipped };
  }
}

function loadedOf({ rows, skipped, failure }: Loaded): Probed {
  return { rows: rows.length, skipped: failure === undefined ? skipped : failureOf(failure).skipped };
}

function failureOf(error: ConnectorError): Probed {
  return { rows: undefined, skipped: { label: `account ${error.account}`, error } };
}
