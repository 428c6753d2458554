import { embeddedList } from '../../src/platforms/compose/envelope.ts';
import { createLog } from '../../src/airbyte/log.ts';
import { createCursor } from '../../src/core/create-cursor.ts';
import type { CursorOptions } from '../../src/core/cursor.ts';
import { DeploymentList } from '../../src/platforms/compose/deployment-list.ts';
import { integer, object, text, timestamp } from '../../src/core/fields.ts';
import type { NewestFirstCursor } from '../../src/core/newest-first-cursor.ts';
import { Normaliser } from '../../src/core/normalise.ts';
import { RequestSlots } from '../../src/core/request-slots.ts';
import type { SliceMarks } from '../../src/core/slice-marks.ts';
import { type Run, StreamRead } from '../../src/core/stream-read.ts';
import { type Row, type StreamDefinition, defineStream } from '../../src/core/stream.ts';
import { type Answers, type AnyAnswer, FakeApi } from './fake-api.ts';
import { Printout } from './output.ts';

export interface TestRun {
  run: Run;
  api: FakeApi;
  printed: Printout;
  /** What was to be kept out of the log. */
  secrets: string[];
  stop: AbortController;
}

export interface RunOptions extends Partial<Run['options']> {
  answers?: Answers;
  /** What is answered at every other path. */
  otherwise?: AnyAnswer;
  chosen?: string[];
  startedAt?: string;
  printed?: Printout;
}

const STARTED_AT = '2018-09-01T00:00:00.000Z';

/** A run against a fake API, whose output can be looked at. */
export function openRun(options: RunOptions = {}): TestRun {
  const { answers = {}, otherwise, chosen = [], startedAt = STARTED_AT, printed = new Printout(), ...given } = options;
  const api = new FakeApi(answers, otherwise);
  const log = createLog(printed.writer, 'debug');
  const secrets: string[] = [];
  const stop = new AbortController();
  const readOptions = {
    workers: 4,
    pageSize: 10,
    startDate: undefined,
    includeConnectionStrings: false,
    failOnRefusedDeployments: false,
    ...given,
  };
  const run: Run = {
    client: api.client,
    slots: new RequestSlots(readOptions.workers),
    writer: printed.writer,
    log,
    deployments: new DeploymentList(deployments, chosen, log, (path) => api.get(path, 'deployments')),
    options: readOptions,
    startedAt,
    signal: stop.signal,
    addSecret: (secret) => secrets.push(secret),
  };
  return { run, api, printed, secrets, stop };
}

/** The reading of one stream in a run, with the cursor that its state gives. */
export function openRead<C extends NewestFirstCursor | SliceMarks | undefined = undefined>(
  { run }: TestRun,
  definition: StreamDefinition,
  state: object = {},
  options: Partial<CursorOptions> = {},
): StreamRead<C> {
  const { startDate } = run.options;
  const cursor = createCursor(definition, state, 'The state', {
    mode: 'incremental',
    startedAt: run.startedAt,
    lookbackMs: 60_000,
    startDate,
    jobId: undefined,
    ...options,
  });
  return new StreamRead(definition, run, cursor as C);
}

// Streams of every way of reading, with no more to them than that.

/** One request, one list. */
export const parts = defineStream({
  name: 'parts',
  description: 'Parts.',
  reading: { kind: 'list', path: 'parts' },
  rows: (body, path) => embeddedList(body, 'parts', path),
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: { id: text('Id.'), units: integer('Units.'), created_at: timestamp('When it was made.') },
});

/** Newest first, in pages. */
export const events = defineStream({
  name: 'events',
  description: 'Events.',
  reading: { kind: 'newest_first', path: 'events', itemPath: (id) => `events/${id}` },
  rows: (body, path) => embeddedList(body, 'events', path),
  primaryKey: 'id',
  cursorField: 'created_at',
  startDateField: 'created_at',
  fields: { id: text('Id.'), created_at: timestamp('When it happened.') },
});

/** The list of deployments, with secret details. */
export const deployments = defineStream({
  name: 'deployments',
  description: 'Deployments.',
  reading: {
    kind: 'deployment_list',
    path: 'deployments',
    details: {
      path: (id) => `deployments/${id}`,
      fields: ['strings'],
      secrets: (details) => [String(details['secret'])],
    },
  },
  rows: (body, path) => embeddedList(body, 'deployments', path),
  primaryKey: 'id',
  fields: { id: text('Id.'), name: text('Name.'), strings: object('Connection strings.') },
});

/** One request per deployment. */
export const backups = defineStream({
  name: 'backups',
  description: 'Backups.',
  reading: { kind: 'per_deployment', path: (id) => `deployments/${id}/backups` },
  rows: (body, path) => embeddedList(body, 'backups', path),
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: { id: text('Id.'), deployment_id: text('Its deployment.'), created_at: timestamp('When it was made.') },
});

/** The same by marks. */
export const recipes = defineStream({
  name: 'recipes',
  description: 'Recipes.',
  reading: { kind: 'per_deployment', path: (id) => `deployments/${id}/recipes` },
  rows: (body, path) => embeddedList(body, 'recipes', path),
  primaryKey: 'id',
  cursorField: 'updated_at',
  startDateField: 'updated_at',
  fields: { id: text('Id.'), deployment_id: text('Its deployment.'), updated_at: timestamp('When it changed.') },
});

/** The same for a report that an API may not have at all. */
export const addons = defineStream({
  name: 'addons',
  description: 'Add-ons.',
  reading: { kind: 'per_deployment', path: (id) => `deployments/${id}/addons`, absentEverywhere: 'empty' },
  rows: (body, path) => embeddedList(body, 'addons', path),
  fields: { deployment_id: text('Its deployment.'), name: text('Name.') },
});

/** The records that a stream makes of a body, as a reader of the output gets them. */
export function recordsOf(stream: StreamDefinition, body: unknown, deploymentId?: string): unknown[] {
  const normaliser = new Normaliser(stream, () => undefined);
  const { rows } = stream.rows(body, 'path');
  return rows.map((row) => {
    normaliser.normalise(row as Row, deploymentId);
    return JSON.parse(JSON.stringify(row)) as unknown;
  });
}
