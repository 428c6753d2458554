import { ConnectorError, asConnectorError } from './errors.ts';
import type { NewestFirstCursor } from './newest-first-cursor.ts';
import type { Row, Walk, WalkPlace } from './stream.ts';
import type { StreamRead } from './stream-read.ts';
import { toUtcText } from './timestamp.ts';

/** Walks from the newest row, or from where an earlier run stopped, down to what is known. */
export async function readWalk<S>(read: StreamRead<S>, walk: Walk<S>, cursor: NewestFirstCursor): Promise<void> {
  if (cursor.resumesAt !== undefined) await confirmCursor(read, walk, cursor, cursor.resumesAt);
  while (!cursor.done) {
    if (cursor.endsUnlessGone !== undefined) {
      await confirmEnd(read, walk, cursor, cursor.endsUnlessGone);
      continue;
    }
    const { place } = cursor;
    try {
      await readPage(read, walk, cursor, place);
    } catch (thrown) {
      const first = place.cursor === undefined && place.olderThan === undefined;
      if (first || !isRefusal(read, thrown)) throw thrown;
      if (place.olderThan !== undefined) cursor.withoutTimes();
      else if (cursor.resumesAt === undefined) throw thrown;
      else beginAgain(read, cursor, `the event at which the last read stopped (${asConnectorError(thrown).answer})`);
    }
  }
}

async function readPage<S>(
  read: StreamRead<S>,
  walk: Walk<S>,
  cursor: NewestFirstCursor,
  place: WalkPlace,
): Promise<void> {
  const request = walk.page(place, read.run.shared);
  await read.request(request, undefined, (rows, missing) => {
    // The end of a walk is an empty page. One without its list would be taken for it, and what is below be lost.
    if (missing && (place.cursor !== undefined || place.olderThan !== undefined)) throw unlisted(request.path);
    const { emit, commit } = cursor.plan(rows);
    const now = Date.now();
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] as Row;
      if (emit[i] === true) read.record(row, now);
      else read.dropIfBeforeStart(row);
    }
    const warning = commit();
    if (warning !== undefined) read.warn(warning);
    read.sink.checkpointIfDue();
  });
}

function unlisted(path: string): ConnectorError {
  return new ConnectorError('list_missing', { path }, { internalMessage: `GET ${path}: HTTP 200 without its list` });
}

/** An API that has lost the event would answer with an empty page, which would look like the end of the walk. */
async function confirmCursor<S>(
  read: StreamRead<S>,
  walk: Walk<S>,
  cursor: NewestFirstCursor,
  id: string,
): Promise<void> {
  const request = walk.item(id);
  try {
    await read.ask(request, (body) => {
      const time = walk.row(body, request)[read.definition.incremental?.field ?? ''];
      cursor.resumedAt(typeof time === 'string' ? toUtcText(time) : undefined);
    });
  } catch (thrown) {
    if (!isRefusal(read, thrown)) throw thrown;
    beginAgain(read, cursor, `the event at which the last read stopped (${asConnectorError(thrown).answer})`);
  }
}

/** Where time does not tell, a walk ends by its last event: as long as the API knows it, nothing is behind it. */
async function confirmEnd<S>(read: StreamRead<S>, walk: Walk<S>, cursor: NewestFirstCursor, id: string): Promise<void> {
  const { otherId, mayBeClamped } = cursor;
  const answer = await refusalOf(read, walk, id);
  if (answer === undefined) {
    cursor.end();
    const said = `the API sends the event ${id} whatever it is asked for`;
    if (mayBeClamped) read.warn(`${said}, so events behind it may be missing`);
  } else if (cursor.sawTimes && (otherId === undefined || (await refusalOf(read, walk, otherId)) !== undefined)) {
    // An API that shows no single events: to begin again would lead here again.
    cursor.end();
    const shown = `the API sent nothing behind the event ${id}, and shows no single events (${answer})`;
    read.warn(`${shown}, so events behind it may be missing`);
  } else {
    beginAgain(read, cursor, `the event ${id} behind which it sent nothing (${answer})`);
  }
}

/** How the API refuses a single event; undefined: it shows it. */
async function refusalOf<S>(read: StreamRead<S>, walk: Walk<S>, id: string): Promise<string | undefined> {
  const request = walk.item(id);
  try {
    await read.ask(request, (body) => walk.row(body, request));
    return undefined;
  } catch (thrown) {
    if (!isRefusal(read, thrown)) throw thrown;
    return asConnectorError(thrown).answer;
  }
}

function beginAgain<S>(read: StreamRead<S>, cursor: NewestFirstCursor, place: string): void {
  cursor.restart();
  read.warn(`the API no longer knows ${place}, so the read begins again at the newest event`);
}

/** A no to this one request: not to the token, and not for now only. */
function isRefusal<S>(read: StreamRead<S>, thrown: unknown): boolean {
  read.run.signal.throwIfAborted();
  const { status, problem } = asConnectorError(thrown);
  if (problem === 'unauthorized') return true;
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
}
