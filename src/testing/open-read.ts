import { createLog } from '../protocol/log.ts';
import { createCursor } from '../sync/create-cursor.ts';
import type { CursorOptions } from '../sync/cursor.ts';
import { DeploymentList } from '../sync/deployment-list.ts';
import type { NewestFirstCursor } from '../sync/newest-first-cursor.ts';
import { RequestSlots } from '../sync/request-slots.ts';
import type { SliceMarks } from '../sync/slice-marks.ts';
import type { StreamDefinition } from '../sync/stream.ts';
import { type Run, StreamRead } from '../sync/stream-read.ts';
import { type Answers, type AnyAnswer, FakeApi } from './fake-api.ts';
import { Printout } from './printed.ts';
import { deployments } from './test-streams.ts';

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
