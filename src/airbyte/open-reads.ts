import type { Config } from '../platforms/compose/config.ts';
import type { Context } from '../core/context.ts';
import type { ConnectorError } from '../core/errors.ts';
import type { Log } from './log.ts';
import { createCursor } from '../core/create-cursor.ts';
import { DeploymentList } from '../platforms/compose/deployment-list.ts';
import { RequestSlots } from '../core/request-slots.ts';
import { type Run, StreamRead } from '../core/stream-read.ts';
import { utcText } from '../core/timestamp.ts';
import { streams } from '../platforms/compose/streams/index.ts';
import type { ChosenStream } from './choose-streams.ts';
import { openClient } from '../connector.ts';

export interface ReadSetup {
  context: Context;
  config: Config;
  log: Log;
  chosen: ChosenStream[];
  states: Map<string, object>;
  stateFile: string | undefined;
  signal: AbortSignal;
  /** The token is refused: to end the run. */
  onTokenRefused: (error: ConnectorError) => void;
}

/** The rate limit is announced again only when its end has moved by more than this. */
const SAME_LIMIT_MS = 1_000;

/** Sets up what the streams of one read share, and each stream at the place that its state tells. */
export function openReads(setup: ReadSetup): { reads: StreamRead[]; close: () => Promise<void> } {
  const { context, config, log, signal } = setup;
  const reads: StreamRead[] = [];
  let limitedUntil = 0;
  const client = openClient(config, context, log, {
    signal,
    onTokenRefused: setup.onTokenRefused,
    onLongWait: (owner) => reads.find(({ definition }) => definition.name === owner)?.output.checkpoint(),
    onRateLimit(until) {
      if (until <= limitedUntil + SAME_LIMIT_MS) return;
      limitedUntil = until;
      for (const { output } of reads) output.rateLimited(until);
    },
  });
  const slots = new RequestSlots(config.num_workers);
  const run: Run = {
    client,
    slots,
    signal,
    log,
    writer: context.writer,
    addSecret: context.addSecret,
    startedAt: utcText(Date.now()),
    deployments: deploymentList(config, log, (path, name) => slots.use(name, () => client.get(path, name))),
    options: {
      workers: config.num_workers,
      pageSize: config.page_size,
      startDate: config.start_date,
      includeConnectionStrings: config.include_connection_strings,
      failOnRefusedDeployments: config.fail_on_refused_deployments,
    },
  };
  for (const stream of setup.chosen) reads.push(openStream(stream, run, setup));
  return { reads, close: () => client.close() };
}

function openStream(
  { definition, mode }: ChosenStream,
  run: Run,
  { config, context, states, stateFile }: ReadSetup,
): StreamRead {
  const where = `The state of ${definition.name} in the state file ${stateFile}`;
  const cursor = createCursor(definition, states.get(definition.name) ?? {}, where, {
    mode,
    startedAt: run.startedAt,
    lookbackMs: config.lookback_window_seconds * 1_000,
    startDate: config.start_date,
    jobId: context.env['WORKER_JOB_ID'],
  });
  const read = new StreamRead(definition, run, cursor);
  for (const warning of cursor?.warnings() ?? []) read.warn(warning);
  return read;
}

function deploymentList(
  config: Config,
  log: Log,
  fetch: (path: string, owner: string) => Promise<unknown>,
): DeploymentList {
  const definition = streams.find(({ reading }) => reading.kind === 'deployment_list');
  if (definition === undefined) throw new Error('no stream is the list of deployments');
  return new DeploymentList(definition, config.deployment_ids, log, (path) => fetch(path, definition.name));
}
