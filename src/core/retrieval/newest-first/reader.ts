import { ConnectorError, asConnectorError } from '../../errors.ts';
import type { Position, Request, Row } from '../../stream.ts';
import type { StreamRead } from '../../stream-read.ts';
import type { NewestFirstCursor } from './cursor.ts';

/** Reads a list newest first: from where the last sync stopped, then from the newest row, down to the known rows. */
export async function readNewestFirst<S>(
  read: StreamRead<S>,
  requestAt: (position: Position, shared: S) => Request,
  cursor: NewestFirstCursor,
): Promise<void> {
  while (!cursor.done) {
    const request = requestAt(cursor.position, read.run.shared);
    try {
      await readPage(read, request, cursor);
    } catch (thrown) {
      read.run.signal.throwIfAborted();
      if (cursor.position.after === undefined || !isAboutTheCursor(thrown)) throw thrown;
      warn(read, cursor.rejected(asConnectorError(thrown).answer ?? ''));
    }
  }
}

async function readPage<S>(read: StreamRead<S>, request: Request, cursor: NewestFirstCursor): Promise<void> {
  await read.request(request, undefined, (rows, missing) => {
    // Without this, a response that lost its list would look like the end.
    if (missing && cursor.isUnderWay) throw unlisted(request.path);
    const page = cursor.plan(rows);
    const now = Date.now();
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] as Row;
      if (page.emit[i] === true) read.record(row, now);
      else read.dropIfBeforeStart(row);
    }
    warn(read, cursor.commit(page));
    read.sink.checkpointIfDue();
  });
}

function warn<S>(read: StreamRead<S>, sentence: string | undefined): void {
  if (sentence !== undefined) read.warn(sentence);
}

function unlisted(path: string): ConnectorError {
  return new ConnectorError('list_missing', { path }, { internalMessage: `GET ${path}: HTTP 200 without its list` });
}

/** The API may reject a row that it no longer has; other rejections are about the token, its rights or the rate limit. */
function isAboutTheCursor(thrown: unknown): boolean {
  const { status, problem } = asConnectorError(thrown);
  if (problem === 'unauthorized') return true;
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 407, 408, 425, 429].includes(status);
}
