import { type ApiClient, type Query } from '../http/client.ts';
import { unexpected } from '../platforms/compose/envelope.ts';
import type { Log } from '../airbyte/log.ts';
import type { RecordChange } from '../airbyte/messages.ts';
import type { MessageWriter } from './line-writer.ts';
import type { Cursor } from './cursor.ts';
import type { DeploymentList } from '../platforms/compose/deployment-list.ts';
import { Normaliser } from './normalise.ts';
import type { RequestSlots } from './request-slots.ts';
import { type Row, type StreamDefinition, isPrintedAsItIs, isRow } from './stream.ts';
import { StreamOutput } from '../airbyte/stream-output.ts';

interface ReadOptions {
  workers: number;
  pageSize: number;
  /** UTC text. */
  startDate: string | undefined;
  includeConnectionStrings: boolean;
  /** A deployment that refuses a report fails the stream, instead of being skipped. */
  failOnRefusedDeployments: boolean;
}

/** What all streams of one read share. */
export interface Run {
  client: ApiClient;
  slots: RequestSlots;
  writer: MessageWriter;
  log: Log;
  deployments: DeploymentList;
  options: ReadOptions;
  /** UTC text. */
  startedAt: string;
  signal: AbortSignal;
  addSecret: (secret: string) => void;
}

/** After so many, the names of further undeclared fields are not told one by one. */
const MOST_UNKNOWN_FIELDS = 20;

/** The reading of one stream: asks, shapes and emits, and keeps count for the line at its end. */
export class StreamRead<C extends Cursor | undefined = Cursor | undefined> {
  readonly definition: StreamDefinition;
  readonly run: Run;
  readonly cursor: C;
  readonly output: StreamOutput;
  readonly #normaliser: Normaliser;
  readonly #unknown = new Set<string>();
  /** What had to be set to null in a row: of nearly all rows nothing, so it is kept beside them. */
  readonly #changes = new WeakMap<Row, RecordChange[]>();
  requests = 0;
  beforeStartDate = 0;
  skippedDeployments = 0;

  constructor(definition: StreamDefinition, run: Run, cursor: C) {
    this.definition = definition;
    this.run = run;
    this.cursor = cursor;
    this.output = new StreamOutput(run.writer, definition.name, Date.now);
    if (cursor !== undefined) this.output.resumable(() => cursor.state());
    this.#normaliser = new Normaliser(definition, (field) => this.#warnOfUnknown(field));
  }

  /**
   * Asks for one body and gives its rows to `consume`, which must be done with them when it returns; `missing` tells
   * that the API left its list out. The request's slot is kept until stdout has taken what was emitted. Throws a
   * ConnectorError or the signal's reason.
   */
  async request(
    path: string,
    query: Query,
    deploymentId: string | undefined,
    consume: (rows: Row[], missing: boolean) => void,
  ): Promise<void> {
    await this.exclusive(path, query, (body) => {
      const { rows, warnings, missing } = this.definition.rows(body, path);
      for (const warning of warnings) this.warn(warning);
      consume(this.shape(rows, path, deploymentId), missing === true);
    });
  }

  /** The same for a body that is not one of the stream's lists. */
  async exclusive(path: string, query: Query, consume: (body: unknown) => void): Promise<void> {
    const { slots, client, writer, signal } = this.run;
    await slots.use(this.definition.name, async () => {
      signal.throwIfAborted();
      const body = await client.get(path, this.definition.name, query);
      this.requests += 1;
      consume(body);
      await writer.ready();
    });
  }

  /**
   * Makes the rows into record data, in place. Throws `unexpected_body` naming the first row that is no object or has no
   * primary key.
   */
  shape(rows: unknown[], path: string, deploymentId?: string): Row[] {
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i];
      const fault = isRow(row) ? this.#shapeRow(row, deploymentId) : 'is no object';
      if (fault !== undefined) throw unexpected(path, `row ${i + 1} of ${rows.length} ${fault}`);
    }
    return rows as Row[];
  }

  /** Gives what is wrong with the row, as the end of a sentence about it. */
  #shapeRow(row: Row, deploymentId: string | undefined): string | undefined {
    const { primaryKey } = this.definition;
    const changes = this.#normaliser.normalise(row, deploymentId);
    if (changes !== undefined) this.#changes.set(row, changes);
    const { inexactField } = this.#normaliser;
    if (inexactField !== undefined) {
      return `has a number beyond 2^53 for its ${inexactField}, which JSON readers do not keep exactly`;
    }
    const key = primaryKey === undefined ? deploymentId : row[primaryKey];
    if (typeof key !== 'string' || key === '') return `has no ${primaryKey ?? 'deployment'} that could be its key`;
    return isPrintedAsItIs(key) ? undefined : `has a ${primaryKey} that is not valid Unicode text`;
  }

  /** Emits the rows, but for those dated before the user's start_date. */
  emit(rows: Row[]): void {
    const now = Date.now();
    for (const row of rows) if (!this.leavesOut(row)) this.record(row, now);
  }

  record(row: Row, emittedAt: number): void {
    this.output.record(row, emittedAt, this.#changes.get(row));
  }

  /** Whether the row is dated before the user's start_date; if so it is counted as left out. */
  leavesOut(row: Row): boolean {
    const { startDate } = this.run.options;
    const { startDateField } = this.definition;
    if (startDate === undefined || startDateField === undefined) return false;
    const at = row[startDateField];
    const old = typeof at === 'string' && at < startDate;
    if (old) this.beforeStartDate += 1;
    return old;
  }

  warn(sentence: string): void {
    this.run.log.warn(`${this.definition.name}: ${sentence}`);
  }

  #warnOfUnknown(field: string): void {
    if (this.#unknown.has(field) || this.#unknown.size > MOST_UNKNOWN_FIELDS) return;
    this.#unknown.add(field);
    if (this.#unknown.size > MOST_UNKNOWN_FIELDS) {
      this.warn('has more fields that the catalog does not declare; they are passed on without being named here');
      return;
    }
    // A name that is cut could show half a secret, which would not be known as one.
    const name = field.length <= 100 ? `the field "${field}"` : `a field with a name of ${field.length} characters`;
    this.warn(
      `the API sends ${name}, which the catalog does not declare; it is passed on, but destinations drop it until a release declares it`,
    );
  }
}
