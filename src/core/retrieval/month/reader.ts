import { type ConnectorError, expectedError } from '../../failure/errors.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import { throwFirst } from '../each.ts';
import { skippedSentence } from '../partitions.ts';
import type { MonthCursor } from './cursor.ts';
import type { ByMonth } from './declaration.ts';
import { monthAfter } from './month.ts';

const REREAD = '; every sync reads the affected months again until the request succeeds';

/** Reads the months of each account. Throws an account's failure only after the other accounts have been read. */
export async function readMonths(reader: StreamReader, retrieval: ByMonth, cursor: MonthCursor): Promise<void> {
  const { session } = reader;
  const { path, rules } = retrieval;
  const failures: ConnectorError[] = [];

  /** Reads an account's months one by one, oldest first. Skips the oldest months with a warning if the API no longer has them. */
  async function readAccount(account: string | undefined): Promise<void> {
    const wanted = cursor.wanted(account);
    const newest = wanted.at(-1) ?? '';
    let mayBeTooOld = true;
    for (const month of wanted) {
      try {
        const { rows, skipped = [] } = await retrieval.load(month, session.shared, account);
        mayBeTooOld = false;
        reader.emit(reader.page(rows, path));
        for (const each of skipped) reader.warn(`${skippedSentence(each)}${each.error.is('absence') ? '' : REREAD}`);
        const isWhole = skipped.every(({ error }) => error.is('absence'));
        cursor.done(account, month, isWhole);
      } catch (thrown) {
        session.signal.throwIfAborted();
        const error = expectedError(thrown);
        const isKept = month > monthAfter(newest, -rules.keptMonths);
        if (!mayBeTooOld || isKept || !rules.saysThereIsNone(error)) throw thrown;
        // Skipped months are closed only after a later month has been read, because the API may have rejected them for another reason.
        reader.warn(`the API no longer has data for ${month} (${error.answer}), so this month has no records`);
      }
      reader.sink.checkpoint();
      await session.ready();
    }
  }

  const reads = (retrieval.accounts?.(session.shared) ?? [undefined]).map((account) =>
    readAccount(account).catch((thrown: unknown) => {
      session.signal.throwIfAborted();
      failures.push(expectedError(thrown));
    }),
  );
  await Promise.all(reads);
  throwFirst(reader, failures);
}
