import { countOrName } from '../../../text/count.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import type { Row } from '../../record/row.ts';
import type { Request } from '../../stream/request.ts';
import { type Item, each } from '../each.ts';
import { skippedSentence } from '../partitions.ts';
import type { Detail, Shared } from './declaration.ts';

/** A row whose details have to be requested. */
interface Incomplete extends Item {
  row: Row;
  request: Request;
}

/** Reads a list that several streams share. If the user wants the details, requests them for each incomplete row. */
export async function readShared(reader: StreamReader, retrieval: Shared): Promise<void> {
  const { session } = reader;
  const { path, detail } = retrieval;
  const { rows, skipped = [], failure } = await retrieval.load(session.shared);
  for (const each of skipped) reader.warn(skippedSentence(each));
  const isWanted = detail?.isWanted(session.shared) === true;
  const complete: Row[] = [];
  const incomplete: Incomplete[] = [];
  for (const row of rows) {
    const request = detail?.request(row, session.shared);
    if (detail === undefined || request === undefined) {
      complete.push(row);
      continue;
    }
    // Remove detail fields that the list also contains, because the user doesn't want them or the detail request returns them.
    for (const field of detail.fields) if (field in row) row[field] = undefined;
    const { account, origin } = request;
    if (isWanted) incomplete.push({ row, request, label: `${detail.noun} ${String(row['id'])}`, account, origin });
    else complete.push(row);
  }
  if (complete.length > 0) {
    reader.emit(reader.page(complete, path));
    await session.ready();
  }
  if (detail !== undefined) await readDetails(reader, path, detail, incomplete);
  if (failure !== undefined) throw failure;
}

/** Emits a row without details if the API rejects its detail request. After any other failure, omits the row and throws. */
async function readDetails(
  reader: StreamReader,
  path: string,
  detail: Detail,
  incomplete: readonly Incomplete[],
): Promise<void> {
  const { fields, dropped } = reader.stream;
  const complete = (row: Row, values: Row): void => {
    for (const field of detail.fields) row[field] = values[field] ?? null;
    // Copy undeclared fields so that the normalizer can warn about them.
    if (dropped !== undefined) for (const field in values) if (!(field in fields)) row[field] = values[field];
    reader.emit(reader.page([row], path));
  };
  const { rejected, failure } = await each(reader, incomplete, detail.noun, ({ row, request }) =>
    reader.read(request, (body) => complete(row, detail.values(body, request.path))),
  );
  const [[first, error] = []] = rejected;
  if (first !== undefined) {
    const which = `${detail.what} are missing for ${countOrName(rejected.size, detail.noun, first.label)}`;
    reader.warn(`${which}, because the API rejected the request (${error?.answer})`);
  }
  for (const { row } of rejected.keys()) complete(row, {});
  if (failure !== undefined) throw failure;
}
