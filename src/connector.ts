import { setTimeout as after } from 'node:timers/promises';
import { type Config, platformOf } from './config.ts';
import { checkStreams } from './check-streams.ts';
import type { Context } from './program/context.ts';
import { ConnectorError } from './core/failure/errors.ts';
import { type OpenStream, type WantedStream, openStream } from './core/retrieval/open-stream.ts';
import type { Log, Output, StreamEnd } from './core/output/output.ts';
import { readStreams } from './core/reading/read-streams.ts';
import type { StreamReader } from './core/reading/stream-reader.ts';
import { type Request, methodOf } from './core/stream/request.ts';
import type { Session } from './core/reading/session.ts';
import { utcText } from './core/record/timestamp.ts';
import { VERSION } from './program/version.ts';
import type { ClientOptions } from './http/client-options.ts';
import { AccountClients } from './http/account-clients.ts';
import { realTiming } from './http/traffic/retry.ts';
import { proxyNote } from './http/error.ts';
import { proxyFor } from './http/connection/proxy.ts';
import type { Api } from './platforms/platform.ts';

/** The time limit of a check. It is short because a person is waiting for the result. */
const CHECK_MS = 30_000;

/** After this time, a check stops waiting for the results of streams. */
const CHECK_STREAMS_MS = 20_000;

/** The number of permits in a check, high enough that requests to unresponsive hosts don't block other requests. */
const CHECK_PERMITS = 32;

/** The maximum size of a response body. All concurrent bodies must fit into memory. */
const MAX_BODY_BYTES = 256 * 2 ** 20;

/** A checkpoint is saved before any wait that is longer than this. */
const LONG_WAIT_MS = 1_000;

export interface OpenReads {
  streams: OpenStream[];
  /** Sends requests that aren't part of a stream's read. */
  api: Api;
  /** Reads all streams and closes the connections. If rejected credentials stopped the sync, `rejection` is the error. */
  toEnd: () => Promise<{ ends: StreamEnd[]; rejection: ConnectorError | undefined }>;
}

/** Sets up the objects that the streams of a read share, and opens each stream. Throws an error if a state is invalid. */
export function openReads(
  config: Config,
  context: Context,
  output: Output,
  wanted: readonly WantedStream[],
  onExchange?: ClientOptions['onExchange'],
): OpenReads {
  const platform = platformOf(config);
  const rejected = new AbortController();
  const signal = AbortSignal.any([context.signal, rejected.signal]);
  const streams: OpenStream[] = [];
  const { clients, api } = connect(config, context, output, {
    signal,
    // Only the first call has an effect.
    onCredentialsRejected: (error) => rejected.abort(error),
    ...(onExchange && { onExchange }),
    readerOf: (name) => streams.find(({ reader }) => reader.stream.name === name)?.reader,
  });
  const session: Session = {
    send: (request, stream) => clients.of(request.account).send(request, stream),
    output,
    ready: () => context.writer.ready(),
    terms: platform.terms.facts,
    shared: platform.open(config.platform, api),
    workers: config.num_workers,
    platform: config.platform.name,
    startDate: config.start_date,
    lookbackMs: config.lookback_window_seconds * 1_000,
    failOnRefusedDeployments: config.fail_on_refused_deployments,
    startedAt: utcText(Date.now()),
    jobId: context.env['WORKER_JOB_ID'],
    signal,
  };
  for (const each of wanted) {
    const stream = openStream(each, session);
    for (const warning of stream.reader.cursor?.warnings() ?? []) stream.reader.warn(warning);
    streams.push(stream);
  }
  return {
    streams,
    api,
    async toEnd() {
      try {
        const ends = await readStreams(streams);
        return { ends, rejection: rejected.signal.reason as ConnectorError | undefined };
      } finally {
        await clients.close();
      }
    },
  };
}

/**
 * Checks the config against the API and logs a line about each stream. Returns the problems found. Throws a ConnectorError for any other
 * failure. If the cause is an outage, the error is transient.
 */
export async function checkConnection(config: Config, context: Context, output: Log): Promise<string[]> {
  const platform = platformOf(config);
  const { address, accounts = [] } = platform.connection(config.platform);
  const { host, origin } = new URL(address);
  const notes = [platform.terms.hostHint?.(host), proxyNote(proxyFor(origin, context.env))];
  const timedOut = new ConnectorError(
    'check_timed_out',
    { ...platform.terms.facts, host, seconds: String(CHECK_MS / 1_000) },
    { note: notes.filter((note) => note !== undefined).join(' ') || undefined },
  );
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(timedOut), CHECK_MS);
  const late = after(CHECK_STREAMS_MS, 'late' as const, { ref: false });
  const { clients, api } = connect(config, context, output, {
    signal: AbortSignal.any([context.signal, deadline.signal]),
    deadline: Date.now() + CHECK_MS,
    permits: CHECK_PERMITS,
  });
  try {
    // A check requests only one page of each list, so the row counts in log lines would be misleading.
    const quiet: Api = { ...api, log: (level, sentence) => level === 'info' || api.log(level, sentence) };
    const shared: unknown = platform.open(config.platform, quiet);
    let problems: string[] = [];
    let checkFailure: ConnectorError | undefined;
    try {
      problems = await platform.check(config.platform, api, shared);
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError)) throw thrown;
      const isOfOneAccount = accounts.length > 1 && thrown.account !== undefined && !thrown.is('unreachable');
      if (!thrown.is('rejection') && !isOfOneAccount) throw thrown;
      checkFailure = thrown;
    }
    // Check the streams even after a failure, because the credentials may still be able to read some of them.
    const failure = await checkStreams(config, shared, api, output, late);
    if (checkFailure !== undefined) throw checkFailure;
    if (failure !== undefined && problems.length === 0) throw failure;
    return problems;
  } finally {
    clearTimeout(timer);
    await clients.close();
  }
}

type Options = Pick<ClientOptions, 'signal'> &
  Partial<Pick<ClientOptions, 'permits' | 'deadline' | 'onCredentialsRejected' | 'onExchange'>> & {
    /** The reader of a stream. Absent in a check, which reads no streams. */
    readerOf?: (name: string) => StreamReader | undefined;
  };

/** Creates the clients, which log requests and retries, and the platform's interface to them. `deadline` is set only for a check. */
export function connect(
  config: Config,
  context: Context,
  output: Log,
  { readerOf, onExchange, ...options }: Options,
): { clients: AccountClients; api: Api } {
  const { env, timing = realTiming } = context;
  const platform = platformOf(config);
  const clients = new AccountClients({
    permits: config.num_workers,
    ...options,
    ...platform.connection(config.platform),
    env,
    timing,
    maxBodyBytes: MAX_BODY_BYTES,
    terms: platform.terms,
    userAgent: `source-compose/${VERSION}`,
    timeoutMs: config.request_timeout_seconds * 1_000,
    onExchange(exchange) {
      const { request, status, ms } = exchange;
      output.log('debug', `${labelOf(request)}: ${status === 0 ? 'no response' : `HTTP ${status}`} in ${ms} ms`);
      onExchange?.(exchange);
    },
    onRetry({ request, stream, attempt, reason, waitMs }) {
      const wait = (waitMs / 1_000).toFixed(1);
      output.log('warn', `${labelOf(request)}: attempt ${attempt} failed: ${reason}; retrying in ${wait} s`);
      if (waitMs > LONG_WAIT_MS) readerOf?.(stream)?.sink.checkpoint();
    },
    onRateLimit: (until, stream) => readerOf?.(stream)?.sink.held(until),
  });
  const api: Api = {
    get(request, owner) {
      const reader = readerOf?.(owner);
      if (reader !== undefined) reader.requests += 1;
      return clients.of(request.account).get(request, owner);
    },
    authorization: (owner, account) => clients.of(account).authorization(owner),
    ...(options.deadline !== undefined && { isCheck: true }),
    log: (level, sentence) => output.log(level, sentence),
  };
  return { clients, api };
}

function labelOf(request: Request): string {
  const account = request.account === undefined ? '' : ` of account ${request.account}`;
  return `${methodOf(request)} ${request.path}${account}`;
}
