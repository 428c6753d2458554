import type { Cursor, CursorOptions } from '../../src/core/retrieval/cursor.ts';
import { AirbyteOutput } from '../../src/airbyte/protocol/output.ts';
import type { CheckpointedSink } from '../../src/core/output/checkpoints.ts';
import { integer, object, text, timestamp } from '../../src/core/stream/fields.ts';
import { Normaliser } from '../../src/core/record/normalise.ts';
import { Permits } from '../../src/http/traffic/permits.ts';
import { type OpenStream, openStream } from '../../src/core/retrieval/open-stream.ts';
import type { ParsedPage } from '../../src/core/stream/request.ts';
import type { Row } from '../../src/core/record/row.ts';
import { type Stream, streamsOf } from '../../src/core/stream/stream.ts';
import type { Session } from '../../src/core/reading/session.ts';
import { compose } from '../../src/platforms/compose/compose.ts';
import { deploymentList } from '../../src/platforms/compose/deployment-list.ts';
import { embeddedRows, halObject } from '../../src/platforms/compose/envelope.ts';
import type { Api } from '../../src/platforms/platform.ts';
import { type ComposeShared, perDeployment } from '../../src/platforms/compose/stream.ts';
import { type Answers, type AnyAnswer, FakeApi } from './fake-api.ts';
import { Printout } from './output.ts';

export interface TestRun {
  run: Session<ComposeShared>;
  api: FakeApi;
  printed: Printout;
  stop: AbortController;
}

export interface RunOptions extends Partial<
  Pick<Session, 'workers' | 'startDate' | 'failOnRefusedDeployments' | 'startedAt'>
> {
  pageSize?: number;
  includeConnectionStrings?: boolean;
  answers?: Answers;
  /** The response for all other paths. */
  otherwise?: AnyAnswer;
  chosen?: string[];
  printed?: Printout;
}

const STARTED_AT = '2018-09-01T00:00:00.000Z';

/** A read from a fake API, with inspectable output. */
export function openRun(options: RunOptions = {}): TestRun {
  const { answers = {}, otherwise, chosen = [], printed = new Printout() } = options;
  const { workers = 4, pageSize = 10, includeConnectionStrings = false, failOnRefusedDeployments = false } = options;
  const api = new FakeApi(answers, otherwise);
  const output = new AirbyteOutput(printed, 'debug');
  const stop = new AbortController();
  const run: Session<ComposeShared> = {
    send: sendTo(api, workers, stop.signal),
    output,
    ready: () => printed.writer.ready(),
    terms: compose.terms.facts,
    shared: {
      config: { page_size: pageSize, include_connection_strings: includeConnectionStrings },
      deployments: deploymentList(chosen, {
        get: (request, owner) => api.get(request, owner),
        authorization: () => api.authorization(),
        log: (level, sentence) => output.log(level, sentence),
      }),
    },
    workers,
    platform: 'compose',
    startDate: options.startDate,
    lookbackMs: 60_000,
    failOnRefusedDeployments,
    startedAt: options.startedAt ?? STARTED_AT,
    jobId: undefined,
    signal: stop.signal,
  };
  return { run, api, printed, stop };
}

/** Sends requests to an API, with as many permits as workers. */
export function sendTo(api: Pick<Api, 'get'>, workers: number, signal: AbortSignal): Session['send'] {
  const permits = new Permits(workers);
  return async (request, stream) => {
    const release = await permits.acquire(request.origin ?? '', stream);
    try {
      signal.throwIfAborted();
      return { body: await api.get(request, stream), release };
    } catch (thrown) {
      release();
      throw thrown;
    }
  };
}

/** Opens a stream with this state. `C` is the type of the stream's cursor. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function openRead<C extends Cursor | undefined = undefined>(
  { run }: TestRun,
  definition: Stream<ComposeShared>,
  state: object = {},
  { mode = 'incremental', ...options }: Partial<CursorOptions> = {},
): OpenStream & { cursor: C; sink: CheckpointedSink } {
  const stream = openStream({ definition, mode, state, where: 'The state' }, { ...run, ...options });
  return { ...stream, cursor: stream.reader.cursor as C, sink: stream.reader.sink };
}

// A minimal stream for each kind of retrieval.

/** A stream that is read with a single request for a list. */
export const parts = streamsOf<ComposeShared>()({
  name: 'parts',
  description: 'Parts.',
  retrieval: {
    way: 'once',
    request: () => ({ path: 'parts' }),
    rows: (body, path) => embeddedRows(body, 'parts', path),
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: { id: text('Id.'), units: integer('Units.'), created_at: timestamp('When it was made.') },
});

/** A paginated stream that is read newest first. */
export const events = streamsOf<ComposeShared>()({
  name: 'events',
  description: 'Events.',
  retrieval: {
    way: 'newest-first',
    cursorField: 'created_at',
    path: 'events',
    query: ({ newerThan, after }, { config }) => ({ limit: config.page_size, newer_than: newerThan, cursor: after }),
    rows: (body, path) => embeddedRows(body, 'events', path),
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: { id: text('Id.'), created_at: timestamp('When it happened.') },
});

/** The deployments stream, with secret details. */
export const deployments = streamsOf<ComposeShared>()({
  name: 'deployments',
  description: 'Deployments.',
  retrieval: {
    way: 'shared',
    path: 'deployments',
    load: async (shared) => ({ rows: (await shared.deployments()).rows }),
    detail: {
      isWanted: ({ config }) => config.include_connection_strings,
      request: ({ id }) => ({ path: `deployments/${String(id)}` }),
      fields: ['strings'],
      values: (body, path) => halObject(body, path),
      what: 'connection strings',
      noun: 'deployment',
    },
  },
  primaryKey: 'id',
  fields: { id: text('Id.'), name: text('Name.'), strings: object('Connection strings.') },
});

/** A stream that sends one request per deployment. */
export const backups = streamsOf<ComposeShared>()({
  name: 'backups',
  description: 'Backups.',
  retrieval: {
    ...perDeployment('backups'),
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: { id: text('Id.'), deployment_id: text('Its deployment.'), created_at: timestamp('When it was made.') },
});

/** An incremental stream that sends one request per deployment. */
export const recipes = streamsOf<ComposeShared>()({
  name: 'recipes',
  description: 'Recipes.',
  retrieval: {
    ...perDeployment('recipes'),
    cursorField: 'updated_at',
  },
  primaryKey: 'id',
  startDateField: 'updated_at',
  fields: { id: text('Id.'), deployment_id: text('Its deployment.'), updated_at: timestamp('When it changed.') },
});

/** Like `recipes`, but rows change until they finish, and their only date is the start date. */
export const tasks: Stream<ComposeShared> = {
  ...altered(recipes, { isFinal: ({ status }: Row) => status === 'done' }),
  fields: { ...recipes.fields, status: text('Status.'), version: integer('How often it has changed.') },
};

/** A stream that sends one request per deployment to an endpoint that an API may lack. */
export const addons = streamsOf<ComposeShared>()({
  name: 'addons',
  description: 'Add-ons.',
  retrieval: {
    ...perDeployment('addons'),
    mayBeAbsent: true,
  },
  primaryKey: 'name',
  fields: { deployment_id: text('Its deployment.'), name: text('Name.') },
});

export function altered<S>(stream: Stream<S>, changes: object): Stream<S> {
  return { ...stream, retrieval: { ...stream.retrieval, ...changes } };
}

/** The rows of a body, as parsed by the stream's declaration. */
export function rowsIn<S>({ retrieval }: Stream<S>, body: unknown, path = 'path'): ParsedPage {
  if (!('rows' in retrieval) || retrieval.way === 'window') throw new Error('the stream has no pages of rows');
  return retrieval.rows(body, path);
}

/** The records that a stream creates from a body. */
export function recordsOf(stream: Stream<ComposeShared>, body: unknown, deploymentId?: string): unknown[] {
  const normaliser = new Normaliser(stream, () => undefined);
  return rowsIn(stream, body).rows.map((row) => {
    normaliser.normalise(row as Row, deploymentId === undefined ? undefined : { deployment_id: deploymentId });
    return JSON.parse(JSON.stringify(row)) as unknown;
  });
}
