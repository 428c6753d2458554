import { type ConnectorError, asConnectorError } from '../../failure/errors.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import type { MonthCursor } from './cursor.ts';
import type { ByMonth } from './declaration.ts';
import { monthAfter } from './month.ts';

/** Reads month after month, oldest first. If the API no longer has the oldest, it goes on with the next, with a warning. */
export async function readMonths<S, F extends string>(
  reader: StreamReader<S>,
  retrieval: ByMonth<S, F>,
  cursor: MonthCursor,
): Promise<void> {
  const { session, report } = reader;
  const { path, rules } = retrieval;
  const wanted = cursor.wanted();
  const newest = wanted.at(-1) ?? '';
  /** Months that the API says it does not have, until a later one shows that they are too old. */
  const missing = new Map<string, ConnectorError>();
  let mayBeTooOld = true;
  for (const month of wanted) {
    try {
      const { rows, requests, isWhole } = await retrieval.load(month, session.shared);
      mayBeTooOld = false;
      for (const [old, error] of missing) {
        reader.warn(`the API has no ${old} any more (${error.answer}), so there are no records of it`);
        cursor.done(old, true);
      }
      missing.clear();
      report.requests += requests;
      reader.emit(reader.page(rows, path));
      cursor.done(month, isWhole);
    } catch (thrown) {
      session.signal.throwIfAborted();
      const error = asConnectorError(thrown);
      const isKept = month > monthAfter(newest, -rules.keptMonths);
      if (!mayBeTooOld || isKept || !rules.saysThereIsNone(error)) throw thrown;
      report.requests += 1;
      missing.set(month, error);
    }
    reader.sink.checkpoint();
    await session.output.ready();
  }
}
