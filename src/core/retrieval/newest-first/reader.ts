import { asConnectorError, unexpectedBody } from '../../failure/errors.ts';
import type { Page, StreamReader } from '../../reading/stream-reader.ts';
import type { NewestFirstCursor } from './cursor.ts';
import type { NewestFirst } from './declaration.ts';

/** Reads a list newest first: finishes the last sync's unfinished pass, then reads from the newest row to the known rows. */
export async function readNewestFirst(
  reader: StreamReader,
  retrieval: NewestFirst,
  cursor: NewestFirstCursor,
): Promise<void> {
  const { session } = reader;
  const { path } = retrieval;
  const warn = (sentence: string | undefined): void => {
    if (sentence !== undefined) reader.warn(sentence);
  };

  function take(page: Page): void {
    // Without this check, a response that lacks its list would look like the end of the list.
    if (page.missing && cursor.isUnderWay)
      throw unexpectedBody(path, 'a page after the first does not contain the list');
    const now = Date.now();
    const warning = cursor.page(page.rows, (row, isNew) => {
      if (isNew) reader.record(row, now, page);
      else reader.dropIfBeforeStart(row);
    });
    warn(warning);
    reader.sink.checkpointIfDue();
  }

  while (!cursor.done) {
    try {
      await reader.readPage({ path, query: retrieval.query(cursor.position, session.shared) }, retrieval, take);
    } catch (thrown) {
      session.signal.throwIfAborted();
      if (cursor.position.after === undefined || !isAboutTheCursor(thrown)) throw thrown;
      warn(cursor.noNewRow(asConnectorError(thrown).answer ?? ''));
    }
  }
}

/** Whether the API rejected the cursor itself, rather than the token, its rights, the proxy or the request rate. */
function isAboutTheCursor(thrown: unknown): boolean {
  const { status, problem } = asConnectorError(thrown);
  if (problem === 'unauthorized') return true;
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 407, 408, 425, 429].includes(status);
}
