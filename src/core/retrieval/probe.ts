import { ConnectorError } from '../failure/errors.ts';
import { utcText } from '../record/timestamp.ts';
import type { Stream } from '../stream/stream.ts';
import type { Request } from '../stream/request.ts';
import { monthOf } from './month/month.ts';

/**
 * A deployment may be new, or about to be deleted; after this many rejections, assume that the others reject it, too.
 */
const MAX_PARTITIONS = 3;
const MINUTE = 60_000;

/**
 * Sends the cheapest request of a stream, and returns the number of rows. Throws the error that a read would fail with.
 */
export async function probe<S>(
  { retrieval }: Stream<S>,
  shared: S,
  get: (request: Request) => Promise<unknown>,
): Promise<number> {
  const countIn = async (
    list: { rows(body: unknown, request: Request): { rows: unknown[] } },
    request: Request,
  ): Promise<number> => list.rows(await get(request), request).rows.length;
  switch (retrieval.way) {
    case 'once':
      return countIn(retrieval, retrieval.request(shared));
    case 'newest-first':
      return countIn(retrieval, retrieval.request({ newerThan: undefined, after: undefined }, shared));
    case 'shared':
      return (await retrieval.load(shared)).rows.length;
    case 'month':
      return (await retrieval.load(monthOf(utcText(Date.now())), shared)).rows.length;
    case 'window': {
      const now = Date.now();
      const lastMinute = { from: utcText(now - MINUTE), to: utcText(now) };
      const { chosen } = await retrieval.partitions(shared);
      const counts = chosen.map((each) => countIn(retrieval, retrieval.request(each, lastMinute, shared)));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    }
    case 'partition': {
      const { chosen } = await retrieval.partitions(shared);
      const asked = chosen.filter(({ rows }) => rows === undefined);
      const errors: ConnectorError[] = [];
      for (const partition of asked.slice(0, MAX_PARTITIONS)) {
        try {
          return await countIn(retrieval, retrieval.request(partition, shared));
        } catch (thrown) {
          if (!(thrown instanceof ConnectorError) || !thrown.isRejection) throw thrown;
          errors.push(thrown);
        }
      }
      const rejection = errors.find(({ isAbsence }) => !isAbsence) ?? errors[0];
      const isEmpty = rejection === undefined || (rejection.isAbsence && retrieval.absentEverywhere === 'empty');
      if (!isEmpty) throw rejection;
      return chosen.reduce((sum, { rows = [] }) => sum + rows.length, 0);
    }
  }
}
