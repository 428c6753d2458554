import { ConnectorError, asConnectorError } from './errors.ts';
import { halObject } from '../platforms/compose/envelope.ts';
import type { NewestFirstCursor, WalkQuery } from './newest-first-cursor.ts';
import type { Reading, Row } from './stream.ts';
import type { StreamRead } from './stream-read.ts';
import { toUtcText } from './timestamp.ts';

type NewestFirst = Extract<Reading, { kind: 'newest_first' }>;

/** Walks from the newest row, or from where an earlier run stopped, down to what is known. */
export async function readNewestFirst(read: StreamRead<NewestFirstCursor>, reading: NewestFirst): Promise<void> {
  const { cursor } = read;
  if (cursor.resumesAt !== undefined) await confirmCursor(read, reading, cursor.resumesAt);
  while (!cursor.done) {
    if (cursor.endsUnlessGone !== undefined) {
      await confirmEnd(read, reading, cursor.endsUnlessGone);
      continue;
    }
    const { query } = cursor;
    try {
      await readPage(read, reading.path, query);
    } catch (thrown) {
      const first = query.cursor === undefined && query.older_than === undefined;
      if (first || !isRefusal(read, thrown)) throw thrown;
      // The API does not take older_than, so that nobody can know more.
      if (query.older_than !== undefined) cursor.end();
      else if (cursor.resumesAt === undefined) throw thrown;
      else beginAgain(read, `the event at which the last read stopped (${asConnectorError(thrown).answer})`);
    }
  }
}

async function readPage(read: StreamRead<NewestFirstCursor>, path: string, query: WalkQuery): Promise<void> {
  const { cursor, output, run } = read;
  await read.request(path, { limit: run.options.pageSize, ...query }, undefined, (rows, missing) => {
    // The end of a walk is an empty page. One without its list would be taken for it, and what is below be lost.
    if (missing && (query.cursor !== undefined || query.older_than !== undefined)) throw unlisted(path);
    const { emit, commit } = cursor.plan(rows);
    const now = Date.now();
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] as Row;
      if (emit[i] === true) read.record(row, now);
      else read.leavesOut(row);
    }
    const warning = commit();
    if (warning !== undefined) read.warn(warning);
    output.checkpointIfDue();
  });
}

function unlisted(path: string): ConnectorError {
  const facts = { path, attempts: 'in the middle of its pages', detail: 'it lacks its list' };
  return new ConnectorError('damaged_answer', facts, { internalMessage: `GET ${path}: HTTP 200 without its list` });
}

/** An API that has lost the event would answer with an empty page, which would look like the end of the walk. */
async function confirmCursor(read: StreamRead<NewestFirstCursor>, reading: NewestFirst, id: string): Promise<void> {
  const path = reading.itemPath(id);
  try {
    await read.exclusive(path, {}, (body) => {
      const time = halObject(body, path)[read.definition.cursorField ?? ''];
      read.cursor.resumedAt(typeof time === 'string' ? toUtcText(time) : undefined);
    });
  } catch (thrown) {
    if (!isRefusal(read, thrown)) throw thrown;
    beginAgain(read, `the event at which the last read stopped (${asConnectorError(thrown).answer})`);
  }
}

/** A walk that has seen no time can end by its last event alone: as long as the API knows it, nothing is behind it. */
async function confirmEnd(read: StreamRead<NewestFirstCursor>, reading: NewestFirst, id: string): Promise<void> {
  const path = reading.itemPath(id);
  try {
    await read.exclusive(path, {}, (body) => halObject(body, path));
    read.cursor.end();
  } catch (thrown) {
    if (!isRefusal(read, thrown)) throw thrown;
    beginAgain(read, `the event ${id} behind which it sent nothing (${asConnectorError(thrown).answer})`);
  }
}

function beginAgain(read: StreamRead<NewestFirstCursor>, place: string): void {
  read.cursor.restart();
  read.warn(`the API no longer knows ${place}, so the read begins again at the newest event`);
}

/** A no to this one request: not to the token, and not for now only. */
function isRefusal(read: StreamRead, thrown: unknown): boolean {
  read.run.signal.throwIfAborted();
  const { status, problem } = asConnectorError(thrown);
  if (problem === 'unauthorized') return true;
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
}
