import { ConnectorError } from '../../failure/errors.ts';
import type { StreamReader } from '../../reading/stream-reader.ts';
import type { Request } from '../../stream/request.ts';
import type { Row } from '../../record/row.ts';
import { each } from '../each.ts';
import type { Detail, Shared } from './declaration.ts';

/** A row that one more request may complete. */
interface Incomplete {
  row: Row;
  request: Request;
}

/** Reads a list that several streams share, each row completed with one more request if the user wants that. */
export async function readShared<S, F extends string>(reader: StreamReader<S>, retrieval: Shared<S, F>): Promise<void> {
  const { session, report } = reader;
  const { path, detail } = retrieval;
  const { rows, requests, failed } = await retrieval.load(session.shared);
  report.requests += requests;
  const complete: Row[] = [];
  const incomplete: Incomplete[] = [];
  for (const row of rows) {
    const request = detail?.request(row, session.shared);
    if (request === undefined || detail === undefined) {
      complete.push(row);
      continue;
    }
    // The list may have them, too: the user does not want them, or they come with the details.
    for (const field of detail.fields) if (field in row) row[field] = undefined;
    if (detail.isWanted(session.shared)) incomplete.push({ row, request });
    else complete.push(row);
  }
  if (complete.length > 0) {
    reader.emit(reader.page(complete, path));
    await session.output.ready();
  }
  if (detail !== undefined) await readDetails(reader, path, detail, incomplete);
  if (failed !== undefined) throw failed;
}

/** A row whose details fail is not emitted, and makes the stream fail in the end; one whose details are rejected is emitted without. */
async function readDetails<S, F extends string>(
  reader: StreamReader<S>,
  path: string,
  detail: Detail<S, F>,
  incomplete: readonly Incomplete[],
): Promise<void> {
  const { session, stream } = reader;
  const { fields, dropped } = stream;
  const complete = (row: Row, values: Row): void => {
    for (const field of detail.fields) row[field] = values[field] ?? null;
    // Copied so that the normaliser can warn about undeclared fields.
    if (dropped !== undefined) for (const field in values) if (!(field in fields)) row[field] = values[field];
    reader.emit(reader.page([row], path));
  };
  const { rejected, failures } = await each(reader, incomplete, {
    originOf: ({ request }) => request.origin,
    failureOf: ({ row }) => `${detail.label(row)} could not be completed`,
    async read({ row, request }) {
      try {
        for await (const values of reader.responses([request], (body) => detail.values(body, request))) {
          complete(row, values);
        }
      } catch (thrown) {
        session.signal.throwIfAborted();
        if (thrown instanceof ConnectorError && thrown.isRejection) complete(row, {});
        throw thrown;
      }
    },
  });
  const warnOf = (rows: Row[], answer: string | undefined): void =>
    reader.warn(`${detail.without(rows)}, because the API refused them (${answer})`);
  const [first] = rejected.values();
  // If hundreds are all rejected for one reason, one line says more than hundreds.
  if (rejected.size > 1 && rejected.size === incomplete.length) {
    warnOf(
      [...rejected.keys()].map(({ row }) => row),
      first?.answer,
    );
  } else for (const [{ row }, { answer }] of rejected) warnOf([row], answer);
  if (failures[0] !== undefined) throw failures[0];
}
