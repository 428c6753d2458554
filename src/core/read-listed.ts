import { asConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import type { Detail, Row } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

/** A list that several streams share, each row completed with one more request if the user wants that. */
export async function readListed<S>(
  read: StreamRead<S>,
  listed: (shared: S) => Promise<Row[]>,
  detail: Detail<S> | undefined,
): Promise<void> {
  const { run, definition } = read;
  const rows = await listed(run.shared);
  read.requests += 1;
  const { path } = definition.first(undefined, run.shared);
  // Should the list hold them all the same: they are not what the user asked for, or come with the detail.
  for (const row of rows) for (const field of detail?.fields ?? []) if (field in row) row[field] = undefined;
  if (detail?.wanted(run.shared) === true) {
    await eachInParallel(rows, run.workers, (row) => readDetail(read, row, path, detail));
    return;
  }
  read.emit(read.shape(rows, path));
  await run.output.ready();
}

async function readDetail<S>(read: StreamRead<S>, row: Row, path: string, detail: Detail<S>): Promise<void> {
  const { run } = read;
  const request = detail.request(row);
  try {
    await read.ask(request, (body) => {
      const values = detail.values(body, request);
      for (const secret of detail.secrets(values)) run.addSecret(secret);
      for (const field of detail.fields) row[field] = values[field] ?? null;
      read.emit(read.shape([row], path));
    });
  } catch (thrown) {
    run.signal.throwIfAborted();
    const error = asConnectorError(thrown);
    if (!error.refused) throw thrown;
    read.warn(`${detail.without(row)}, because the API refused them (${error.answer})`);
    for (const field of detail.fields) row[field] = null;
    read.emit(read.shape([row], path));
    await run.output.ready();
  }
}
