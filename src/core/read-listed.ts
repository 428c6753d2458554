import type { ConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import { readEach } from './read-each.ts';
import type { Detail, Listed, Request, Row } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

/** A row that one more request may complete. */
interface Completable {
  row: Row;
  request: Request;
}

/** A list that several streams share, each row completed with one more request if the user wants that. */
export async function readListed<S>(
  read: StreamRead<S>,
  listed: Listed<S>,
  detail: Detail<S> | undefined,
): Promise<void> {
  const { run } = read;
  const { rows, requests, failed } = await listed.load(run.shared);
  read.requests += requests;
  const complete: Row[] = [];
  const completable: Completable[] = [];
  for (const row of rows) {
    const request = detail?.request(row, run.shared);
    if (request === undefined || detail === undefined) {
      complete.push(row);
      continue;
    }
    // Should the list hold them all the same: they are not what the user asked for, or come with the detail.
    for (const field of detail.fields) if (field in row) row[field] = undefined;
    if (detail.wanted(run.shared)) completable.push({ row, request });
    else complete.push(row);
  }
  if (complete.length > 0) {
    read.emit(read.shape(complete, listed.path));
    await run.output.ready();
  }
  if (detail !== undefined) await readDetails(read, listed.path, detail, completable);
  if (failed !== undefined) throw failed;
}

/**
 * Origins do not wait for each other. A row whose detail fails does not come out, and makes the stream fail in the end; the
 * others come all the same.
 */
async function readDetails<S>(
  read: StreamRead<S>,
  path: string,
  detail: Detail<S>,
  completable: readonly Completable[],
): Promise<void> {
  const { run } = read;
  const { fields, dropped, primaryKey } = read.definition;
  const refused = new Map<Row, ConnectorError>();
  const failed: ConnectorError[] = [];
  const complete = (row: Row, values: Row): void => {
    for (const field of detail.fields) row[field] = values[field] ?? null;
    if (dropped !== undefined) {
      // To be told of.
      for (const field in values) if (!(field in fields)) row[field] = values[field];
    }
    read.emit(read.shape([row], path));
  };
  const groups = [...Map.groupBy(completable, ({ request }) => request.origin).values()];
  await eachInParallel(groups, groups.length, (items) =>
    readEach(read, {
      items,
      async readOne({ row, request }) {
        const take = (body: unknown): void => {
          const values = detail.values(body, request);
          complete(row, values);
        };
        await read.ask(request, take);
      },
      async refused({ row }, error) {
        refused.set(row, error);
        complete(row, {});
        await run.output.ready();
      },
      lineOf: ({ row }) => `deployment ${String(row[primaryKey])} could not be completed`,
      failed: (error) => failed.push(error),
    }),
  );
  const warnOf = (rows: Row[], answer: string | undefined): void =>
    read.warn(`${detail.without(rows)}, because the API refused them (${answer})`);
  const [first] = refused.values();
  // Of hundreds that are all refused for one reason, one line says more than hundreds.
  if (refused.size > 1 && refused.size === completable.length) warnOf([...refused.keys()], first?.answer);
  else for (const [row, { answer }] of refused) warnOf([row], answer);
  if (failed[0] !== undefined) throw failed[0];
}
