import { quoted } from '../text/quoted.ts';
import { serverText } from '../text/server-text.ts';
import { CheckpointedSink } from './checkpoints.ts';
import type { Cursor } from './cursor.ts';
import { unexpectedBody } from './errors.ts';
import { Normaliser } from './normalise.ts';
import type { Output } from './output.ts';
import type { Words } from './problems.ts';
import { type Received, type Request, type Row, type StreamDefinition, isPrintedAsItIs, isRow } from './stream.ts';

/** What all streams of one read share; `S` is what their platform asks for once and shares among them. */
export interface Run<S = unknown> {
  /** Sends a request for a stream. Throws a ConnectorError or the signal's reason. */
  send(request: Request, stream: string): Promise<Received>;
  output: Output;
  /** What texts call the platform and its settings. */
  words: Words['facts'];
  shared: S;
  /** How many requests may be in flight at once. */
  workers: number;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  /** A deployment that refuses a report fails the stream, instead of being skipped. */
  failOnRefusedDeployments: boolean;
  /** When the run began, as UTC text. */
  startedAt: string;
  signal: AbortSignal;
}

/** After so many, the names of further undeclared fields are not told one by one. */
const MOST_UNKNOWN_FIELDS = 20;

/** The reading of one stream: asks, shapes and emits, and keeps count for the line at its end. */
export class StreamRead<S = unknown> {
  readonly definition: StreamDefinition<S>;
  readonly run: Run<S>;
  /** Where an incremental read stands; undefined for a stream that is only read in full. */
  readonly cursor: Cursor | undefined;
  readonly sink: CheckpointedSink;
  readonly #normaliser: Normaliser;
  readonly #unknown = new Set<string>();
  /** What had to be set to null in a row: of nearly all rows nothing, so it is kept beside them. */
  readonly #nulled = new WeakMap<Row, string[]>();
  requests = 0;
  beforeStartDate = 0;
  skippedSlices = 0;
  /** What has no records on purpose: `3 deployments of generation 2`. */
  readonly leftOut: string[] = [];
  /** What else the line at the stream's end says: `300 events seen`. */
  readonly remarks: string[] = [];

  constructor(definition: StreamDefinition<S>, run: Run<S>, cursor: Cursor | undefined) {
    this.definition = definition;
    this.run = run;
    this.cursor = cursor;
    const stateNow = cursor === undefined ? undefined : (): object => cursor.state();
    this.sink = new CheckpointedSink(run.output.stream(definition.name), stateNow, Date.now);
    this.#normaliser = new Normaliser(definition, (field) => this.#warnOfUnknown(field));
  }

  /**
   * Asks for one body and gives its rows to `consume`, which must be done with them when it returns; `missing` tells
   * that the API left its list out. `fields` are what the rows get where the API leaves it out. No further request takes this
   * one's place until stdout has taken what was emitted. Throws a ConnectorError or the signal's reason.
   */
  async request(
    request: Request,
    fields: Row | undefined,
    consume: (rows: Row[], missing: boolean, body: unknown) => void,
  ): Promise<void> {
    const take = (body: unknown): void => {
      const { rows = [], warnings = [], missing } = this.definition.rows?.(body, request) ?? {};
      for (const warning of warnings) this.warn(warning);
      consume(this.shape(rows, request.path, fields), missing === true, body);
    };
    await this.ask(request, take);
  }

  /** The same for a body that is not one of the stream's lists. */
  async ask(request: Request, consume: (body: unknown) => void): Promise<void> {
    const { body, release } = await this.run.send(request, this.definition.name);
    try {
      this.requests += 1;
      consume(body);
      await this.run.output.ready();
    } finally {
      release();
    }
  }

  /** Makes the rows into record data, in place. Throws `unexpected_body` naming the first row that cannot be one. */
  shape(rows: unknown[], path: string, fields?: Row): Row[] {
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i];
      const fault = isRow(row) ? this.#shapeRow(row, fields) : 'is no object';
      if (fault !== undefined) throw unexpectedBody(path, `row ${i + 1} of ${rows.length} ${fault}`);
    }
    return rows as Row[];
  }

  /** Gives what is wrong with the row, as the end of a sentence about it. */
  #shapeRow(row: Row, fields: Row | undefined): string | undefined {
    const { primaryKey } = this.definition;
    const nulled = this.#normaliser.normalise(row, fields);
    if (nulled !== undefined) this.#nulled.set(row, nulled);
    const { inexactField } = this.#normaliser;
    if (inexactField !== undefined) {
      return `has a number beyond 2^53 for its ${inexactField}, which JSON readers do not keep exactly`;
    }
    const key = row[primaryKey];
    if (typeof key !== 'string' || key === '') return `has no ${primaryKey} that could be its key`;
    return isPrintedAsItIs(key) ? undefined : `has text that is not valid Unicode for its ${primaryKey}`;
  }

  /** Emits the rows, but for those dated before the user's start_date. */
  emit(rows: Row[]): void {
    const now = Date.now();
    for (const row of rows) if (!this.dropIfBeforeStart(row)) this.record(row, now);
  }

  record(row: Row, emittedAt: number): void {
    this.sink.record(row, emittedAt, this.#nulled.get(row));
  }

  /** Counts the row as left out if it is dated before the user's start_date, and says whether it is. */
  dropIfBeforeStart(row: Row): boolean {
    const { startDate } = this.run;
    const { startDateField } = this.definition;
    if (startDate === undefined || startDateField === undefined) return false;
    const at = row[startDateField];
    const before = typeof at === 'string' && at < startDate;
    if (before) this.beforeStartDate += 1;
    return before;
  }

  warn(sentence: string): void {
    this.run.output.log('warn', `${this.definition.name}: ${sentence}`);
  }

  #warnOfUnknown(field: string): void {
    if (this.#unknown.has(field) || this.#unknown.size > MOST_UNKNOWN_FIELDS) return;
    const { dropped } = this.definition;
    this.#unknown.add(field);
    if (this.#unknown.size > MOST_UNKNOWN_FIELDS) {
      const fate = dropped === undefined ? 'passed on' : 'left out';
      this.warn(`has more fields that the catalog does not declare; they are ${fate} without being named here`);
      return;
    }
    const fate =
      dropped === undefined
        ? 'it is passed on, but destinations drop it until a release declares it'
        : 'it is left out, since it could hold a secret, until a release declares it';
    this.warn(`the API sends the field "${quoted(serverText(field))}", which the catalog does not declare; ${fate}`);
  }
}
