import { type ConnectorError, asConnectorError, saysThereIsNone } from './errors.ts';
import type { FinalMonths } from './final-months.ts';
import { monthAfter } from './month.ts';
import type { Monthly } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

/** An API keeps at least these months, the present one included: a no to one of them is a fault, not old age. */
const NEVER_TOO_OLD = 3;

/** Month after month, oldest first. An API that has forgotten the oldest is asked for the next, with a warning. */
export async function readMonths<S>(read: StreamRead<S>, monthly: Monthly<S>, months: FinalMonths): Promise<void> {
  const { run } = read;
  const wanted = months.wanted();
  const newest = wanted.at(-1) ?? '';
  /** Months that the API says it does not have, until a later one shows that they are too old. */
  const missing = new Map<string, ConnectorError>();
  let mayBeTooOld = true;
  for (const month of wanted) {
    try {
      const { rows, requests, isWhole } = await monthly.load(month, run.shared);
      mayBeTooOld = false;
      for (const [old, error] of missing) {
        read.warn(`the API has no ${old} any more (${error.answer}), so there are no records of it`);
        months.done(old, true);
      }
      missing.clear();
      read.requests += requests;
      read.emit(read.shape(rows, monthly.path));
      months.done(month, isWhole);
    } catch (thrown) {
      run.signal.throwIfAborted();
      const error = asConnectorError(thrown);
      if (!mayBeTooOld || month > monthAfter(newest, -NEVER_TOO_OLD) || !saysThereIsNone(error)) throw thrown;
      read.requests += 1;
      missing.set(month, error);
    }
    read.sink.checkpoint();
    await run.output.ready();
  }
}
