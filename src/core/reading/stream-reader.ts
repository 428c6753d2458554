import { quoted } from '../../text/quoted.ts';
import { serverText } from '../../text/server-text.ts';
import { CheckpointedSink } from '../output/checkpoints.ts';
import type { StreamSink } from '../output/output.ts';
import { unexpectedBody } from '../failure/errors.ts';
import { Normaliser } from '../record/normalise.ts';
import { nestedIn, prune } from '../record/prune.ts';
import type { Cursor } from '../retrieval/cursor.ts';
import { type Stream, keyFieldOf } from '../stream/stream.ts';
import type { ParsedPage, Request } from '../stream/request.ts';
import { type Row, isRow } from '../record/row.ts';
import type { Session } from './session.ts';

/** Rows converted to record data. */
export interface Page {
  rows: Row[];
  /** Whether the API omitted the list instead of returning an empty list. */
  missing: boolean;
  /** The fields that were set to null, by row. Few rows have such fields. */
  nulledFields: ReadonlyMap<Row, readonly string[]> | undefined;
}

/** Reads one stream: requests pages, converts their rows to records, and emits them. */
export class StreamReader {
  readonly stream: Stream;
  readonly session: Session;
  /** Undefined for full-refresh streams. */
  readonly cursor: Cursor | undefined;
  readonly sink: CheckpointedSink;
  requests = 0;
  /** The number of rows that were omitted because they are dated before the user's start_date. */
  beforeStartDate = 0;
  /** The partitions that the API rejected, such as `2 deployments`. */
  skipped: string | undefined;
  /** Intentional omissions, such as `3 deployments of generation 2`. */
  readonly leftOut: string[] = [];
  readonly #keyField: string;
  readonly #output: StreamSink;
  readonly #normaliser: Normaliser;
  /** The fields whose undeclared parts are removed. */
  readonly #nested: Stream['fields'] | undefined;
  readonly #warnings = new Set<string>();
  readonly #unknown = new Set<string>();

  constructor(stream: Stream, session: Session, cursor: Cursor | undefined) {
    this.stream = stream;
    this.session = session;
    this.cursor = cursor;
    const stateNow = cursor === undefined ? undefined : (): object => cursor.state();
    this.#output = session.output.stream(stream.name);
    this.sink = new CheckpointedSink(this.#output, stateNow, Date.now);
    this.#keyField = keyFieldOf(stream);
    const nested = nestedIn(stream.fields);
    if (stream.dropped !== undefined && Object.keys(nested).length > 0) this.#nested = nested;
    this.#normaliser = new Normaliser(stream, (field) => this.#warnOfUnknown(field));
  }

  /** Sends a request, and passes the body to `take`. Holds the permit until stdout accepts more data, so that output doesn't accumulate. */
  async read(request: Request, take: (body: unknown) => void): Promise<void> {
    const { session, stream } = this;
    const { body, release } = await session.send(request, stream.name);
    try {
      this.requests += 1;
      take(body);
      await session.ready();
    } finally {
      release();
    }
  }

  /** Like `read`, but passes the page of rows to `take`. Adds `fields` to each row. */
  readPage(
    request: Request,
    retrieval: { rows(body: unknown, path: string): ParsedPage },
    take: (page: Page) => void,
    fields?: Row,
  ): Promise<void> {
    return this.read(request, (body) => {
      const { rows, warnings = [], missing = false } = retrieval.rows(body, request.path);
      for (const warning of warnings) this.warn(warning);
      take(this.page(rows, request.path, fields, missing));
    });
  }

  /** Converts rows to record data, in place. Throws `unexpected_body`, which identifies the first row that can't become a record. */
  page(rows: unknown[], path: string, fields?: Row, missing = false): Page {
    this.#output.received?.(rows);
    let nulledFields: Map<Row, readonly string[]> | undefined;
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i];
      if (!isRow(row)) throw unexpectedBody(path, `row ${i + 1} of ${rows.length} is not an object`);
      if (this.#nested !== undefined) prune(row, this.#nested);
      const nulled = this.#normaliser.normalise(row, fields);
      if (nulled !== undefined) (nulledFields ??= new Map()).set(row, nulled);
      const key = row[this.#keyField];
      if (typeof key !== 'string' || key === '') {
        throw unexpectedBody(path, `row ${i + 1} of ${rows.length} has no ${this.#keyField} to use as its key`);
      }
    }
    return { rows: rows as Row[], missing, nulledFields };
  }

  keyOf(row: Row): string {
    return row[this.#keyField] as string;
  }

  /** Emits the rows of a page, except those dated before the user's start_date. */
  emit(page: Page): void {
    const now = Date.now();
    for (const row of page.rows) if (!this.dropIfBeforeStart(row)) this.record(row, now, page);
  }

  record(row: Row, emittedAt: number, { nulledFields }: Page): void {
    this.sink.record(row, emittedAt, nulledFields?.get(row));
  }

  /** Returns whether the row is dated before the user's start_date, and counts such rows. */
  dropIfBeforeStart(row: Row): boolean {
    const { startDate } = this.session;
    const { startDateField } = this.stream;
    if (startDate === undefined || startDateField === undefined) return false;
    const at = row[startDateField];
    const before = typeof at === 'string' && at < startDate;
    if (before) this.beforeStartDate += 1;
    return before;
  }

  /** Logs each sentence only once. */
  warn(sentence: string): void {
    if (this.#warnings.has(sentence)) return;
    this.#warnings.add(sentence);
    this.session.output.log('warn', `${this.stream.name}: ${sentence}`);
  }

  #warnOfUnknown(field: string): void {
    if (this.#unknown.has(field)) return;
    this.#unknown.add(field);
    const fate =
      this.stream.dropped === undefined
        ? 'the field is emitted, but destinations drop it until a later connector release declares it'
        : 'the field could contain a secret, so it is omitted until a later connector release declares it';
    this.warn(`the API sends the field "${quoted(serverText(field))}", which the catalog does not declare; ${fate}`);
  }
}
