import { ConnectorError } from '../failure/errors.ts';
import { utcText } from '../record/timestamp.ts';
import type { Stream } from '../stream/stream.ts';
import type { Request } from '../stream/request.ts';
import { monthOf } from './month/month.ts';
import type { Skipped } from './partitions.ts';

/**
 * A deployment may be new, or about to be deleted; after this many rejections, assume that the others reject it, too.
 */
const MAX_PARTITIONS = 3;
const MINUTE = 60_000;

export interface Probed {
  /** The number of rows; undefined if a read would fail. */
  rows: number | undefined;
  /** The part that the API rejects, if any. */
  skipped?: Skipped | undefined;
}

/**
 * Sends the cheapest request of a stream. Throws the error that a read would fail with, unless partitions are rejected.
 */
export async function probe<S>(
  { retrieval }: Stream<S>,
  shared: S,
  get: (request: Request) => Promise<unknown>,
  failOnRejected: boolean,
): Promise<Probed> {
  const countIn = async (
    list: { rows(body: unknown, request: Request): { rows: unknown[] } },
    request: Request,
  ): Promise<number> => list.rows(await get(request), request).rows.length;
  switch (retrieval.way) {
    case 'once':
      return { rows: await countIn(retrieval, retrieval.request(shared)) };
    case 'newest-first':
      return { rows: await countIn(retrieval, retrieval.request({ newerThan: undefined, after: undefined }, shared)) };
    case 'shared': {
      const { rows, skipped } = await retrieval.load(shared);
      return { rows: rows.length, skipped };
    }
    case 'month': {
      const { rows, skipped } = await retrieval.load(monthOf(utcText(Date.now())), shared);
      return { rows: rows.length, skipped };
    }
    case 'window': {
      const now = Date.now();
      const lastMinute = { from: utcText(now - MINUTE), to: utcText(now) };
      const { chosen } = await retrieval.partitions(shared);
      const counts = chosen.map(async (partition) => {
        const count = countIn(retrieval, retrieval.request(partition, lastMinute, shared));
        return count.catch((thrown: unknown) => ({ ...partition, error: rejectionOf(thrown) }));
      });
      return outcomeOf(await Promise.all(counts));
    }
    case 'partition': {
      const { chosen } = await retrieval.partitions(shared);
      const outcomes: Array<number | Skipped> = [];
      for (const partition of chosen.filter(({ rows }) => rows === undefined).slice(0, MAX_PARTITIONS)) {
        const count = countIn(retrieval, retrieval.request(partition, shared));
        outcomes.push(await count.catch((thrown: unknown) => ({ ...partition, error: rejectionOf(thrown) })));
        if (typeof outcomes.at(-1) === 'number') break;
      }
      const { rows, skipped } = outcomeOf(outcomes, retrieval.absentEverywhere);
      const known = chosen.reduce((sum, partition) => sum + (partition.rows?.length ?? 0), 0);
      return { rows: rows === undefined ? undefined : rows + known, skipped };
    }
  }

  /** As `eachPartition` decides, from row counts and rejections. */
  function outcomeOf(outcomes: ReadonlyArray<number | Skipped>, absentEverywhere?: 'empty'): Probed {
    const rejected = outcomes.filter((outcome) => typeof outcome !== 'number');
    const rows = outcomes.reduce<number>((sum, outcome) => sum + (typeof outcome === 'number' ? outcome : 0), 0);
    const skipped = rejected.find(({ error }) => !error.isAbsence);
    const [first = skipped] = rejected;
    const isAll = rejected.length === outcomes.length;
    if (first === undefined || (isAll && skipped === undefined && absentEverywhere === 'empty')) return { rows };
    return isAll || failOnRejected ? { rows: undefined, skipped: skipped ?? first } : { rows, skipped };
  }
}

function rejectionOf(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError && thrown.isRejection) return thrown;
  throw thrown;
}
