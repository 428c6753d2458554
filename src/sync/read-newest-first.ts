import { asConnectorError } from '../errors.ts';
import { halObject } from '../http/hal.ts';
import type { NewestFirstCursor } from './newest-first-cursor.ts';
import type { Reading, Row } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

type NewestFirst = Extract<Reading, { kind: 'newest_first' }>;

/** Walks from the newest row, or from where an earlier run stopped, down to what is known. */
export async function readNewestFirst(read: StreamRead<NewestFirstCursor>, reading: NewestFirst): Promise<void> {
  const { cursor } = read;
  if (cursor.resumesAt !== undefined) await confirmCursor(read, reading, cursor.resumesAt);
  while (!cursor.done) {
    const resumed = cursor.resumesAt !== undefined;
    try {
      await readPage(read, reading.path);
    } catch (thrown) {
      if (!resumed || !isRefusal(read, thrown)) throw thrown;
      beginAgain(read, asConnectorError(thrown).status);
    }
  }
}

async function readPage(read: StreamRead<NewestFirstCursor>, path: string): Promise<void> {
  const { cursor, output, run } = read;
  await read.request(path, { limit: run.options.pageSize, ...cursor.query }, undefined, (rows) => {
    const { emit, commit } = cursor.plan(rows);
    const now = Date.now();
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] as Row;
      if (emit[i] === true) read.record(row, now);
      else read.leavesOut(row);
    }
    commit();
    output.checkpointIfDue();
  });
}

/** An API that has lost the event would answer with an empty page, which would look like the end of the walk. */
async function confirmCursor(read: StreamRead<NewestFirstCursor>, reading: NewestFirst, id: string): Promise<void> {
  const path = reading.itemPath(id);
  try {
    await read.exclusive(path, {}, (body) => halObject(body, path));
  } catch (thrown) {
    if (!isRefusal(read, thrown)) throw thrown;
    beginAgain(read, asConnectorError(thrown).status);
  }
}

function beginAgain(read: StreamRead<NewestFirstCursor>, status: number | undefined): void {
  read.warn(
    `the API no longer knows the event at which the last read stopped (HTTP ${status}), so this one begins again at the newest event`,
  );
  read.cursor.restart();
}

/** A no to this one request: not to the token, and not for now only. */
function isRefusal(read: StreamRead, thrown: unknown): boolean {
  read.run.signal.throwIfAborted();
  const { status } = asConnectorError(thrown);
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
}
