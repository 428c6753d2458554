import { asConnectorError } from './errors.ts';
import { halObject } from '../platforms/compose/envelope.ts';
import { eachInParallel } from './parallel.ts';
import { type Details, type Row, isRow } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

/** One request, one list. */
export async function readList(read: StreamRead, path: string): Promise<void> {
  await read.request(path, {}, undefined, (rows) => read.emit(rows));
}

/** The shared list of deployments, each row with its connection strings if the user wants them. */
export async function readDeployments(read: StreamRead, path: string, details: Details): Promise<void> {
  const { run } = read;
  const { rows } = await run.deployments.load();
  read.requests += 1;
  // Should the list hold them all the same: they are not what the user asked for, or come from the details.
  for (const row of rows) withoutDetails(row, details);
  if (!run.options.includeConnectionStrings) {
    read.emit(read.shape(rows, path));
    await run.writer.ready();
    return;
  }
  await eachInParallel(rows, run.options.workers, (row) => readWithDetails(read, row, path, details));
}

/** Takes the details out of a row, also under `_embedded`, whose content would become plain fields. */
function withoutDetails(row: Row, { fields }: Details): void {
  const embedded = row['_embedded'];
  for (const field of fields) {
    if (field in row) row[field] = undefined;
    if (isRow(embedded)) delete embedded[field];
  }
}

async function readWithDetails(read: StreamRead, row: Row, path: string, details: Details): Promise<void> {
  const id = String(row['id']);
  try {
    await read.exclusive(details.path(id), {}, (body) => {
      const found = halObject(body, details.path(id));
      for (const secret of details.secrets(found)) read.run.addSecret(secret);
      for (const field of details.fields) row[field] = found[field] ?? null;
      read.emit(read.shape([row], path));
    });
  } catch (thrown) {
    read.run.signal.throwIfAborted();
    const error = asConnectorError(thrown);
    if (!error.refused) throw thrown;
    read.warn(`deployment ${id} comes without its connection strings, because the API refused them (${error.answer})`);
    for (const field of details.fields) row[field] = null;
    read.emit(read.shape([row], path));
    await read.run.writer.ready();
  }
}
