import { setMaxListeners } from 'node:events';
import { type ConnectorError, asConnectorError } from '../core/errors.ts';
import { type Outcome, attempt } from './attempt.ts';
import { AttemptWatch } from './attempt-watch.ts';
import { type Route, openRoute } from './dispatcher.ts';
import {
  type Failure,
  type FailureContext,
  blamesToken,
  mayPass,
  nobodyThere,
  reasonOf,
  statusFailure,
  toError,
} from './failure.ts';
import { RateLimitGate } from './rate-limit-gate.ts';
import { MAX_RETRIES, backoff, retryAfter } from './retry.ts';
import { type Timing, realTiming } from './timing.ts';

export interface RetryEvent {
  owner: string;
  path: string;
  attempt: number;
  reason: string;
  waitMs: number;
}

/** A larger body is an error: it would not fit into memory beside those of the other workers. */
const MAX_BODY_BYTES = 256 * 2 ** 20;

/** So long after the API accepted the token a 401 is taken to be about something else, without asking again. */
const TOKEN_ACCEPTED_MS = 5_000;

/** More of a path, which may hold an id of the API, is not shown. */
const LONGEST_PATH = 300;

export interface ClientOptions {
  baseUrl: string;
  token: string;
  /** The report that is asked for to settle what a 401 is about, since every token may read it. */
  probePath: string;
  userAgent: string;
  connections: number;
  timeoutMs: number;
  signal: AbortSignal;
  env: Record<string, string | undefined>;
  /** Before each wait for another attempt. */
  onRetry: (event: RetryEvent) => void;
  /** The API's rate limit holds every request until then (Unix time, ms). */
  onRateLimit: (until: number) => void;
  /** The token is no longer accepted: nothing that follows can succeed. */
  onTokenRefused?: (error: ConnectorError) => void;
  onAnswer?: (path: string, status: number, ms: number) => void;
  /** Nobody waits past this time (Unix, ms), nor for a host that is not there: for check, where a user looks on. */
  deadline?: number;
  maxBodyBytes?: number;
  timing?: Timing;
}

export type Query = Record<string, string | number | undefined>;

/**
 * The Compose API: GETs JSON below base_url. A redirect is never followed, so the token goes to base_url's origin
 * alone. Retries, the rate limit and the time-out are its business; what it returns is parsed, not yet checked.
 */
export class ApiClient {
  readonly #options: ClientOptions;
  readonly #timing: Timing;
  readonly #base: URL;
  /** What stands before the path of each report in the request line. */
  readonly #root: string;
  readonly #maxBodyBytes: number;
  readonly #route: Route;
  readonly #life = new AbortController();
  readonly #watch: AttemptWatch;
  readonly #gate: RateLimitGate;
  readonly #headers: Record<string, string>;
  /** Under way, for all that have to know at the same time. */
  #probe: Promise<boolean> | undefined;
  /** When the probe was last answered with 200 (Unix, ms). */
  #tokenAcceptedAt = -Infinity;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#timing = options.timing ?? realTiming;
    this.#gate = new RateLimitGate(this.#timing);
    this.#base = new URL(options.baseUrl);
    this.#maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
    const { connections, timeoutMs, env } = options;
    this.#watch = new AttemptWatch(timeoutMs, options.signal);
    const { origin } = this.#base;
    const { signal } = this.#life;
    // Every connection listens to it; Node would warn about a leak on stderr.
    setMaxListeners(0, signal);
    this.#route = openRoute({ origin, connections, connectTimeoutMs: timeoutMs, signal, env });
    this.#root = this.#route.prefix + this.#base.pathname.replace(/\/$/, '');
    this.#headers = {
      ...this.#route.headers,
      accept: 'application/hal+json, application/json',
      authorization: `Bearer ${options.token}`,
      'user-agent': options.userAgent,
    };
  }

  /**
   * The parsed body of a 200. `path` is relative to base_url; `owner` is the stream that asks, for the events.
   * Throws a ConnectorError, or the signal's reason.
   */
  get(path: string, owner: string, query: Query = {}): Promise<unknown> {
    return this.#get(path, owner, query, undefined);
  }

  /** `why` is told with an error, if it is not the report itself that is asked for. */
  async #get(path: string, owner: string, query: Query, why: string | undefined): Promise<unknown> {
    const target = this.#target(path, query);
    const shown = path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH)}…`;
    for (let attempts = 1; ;) {
      const failed = (failure: Failure, tokenAccepted = false): ConnectorError =>
        this.#error(failure, { path: shown, attempts, tokenAccepted, why });
      if (!(await this.#gate.enter(this.#options.signal))) throw failed(RATE_LIMIT_GIVEN_UP);
      const result = await this.#once(target, path);
      if (result.kind === 'body') {
        if (path === this.#options.probePath) this.#tokenAcceptedAt = this.#timing.now();
        return result.body;
      }
      const { failure, retryAfterMs } = result;
      if (failure.kind === 'status' && failure.status === 401) {
        const settled = blamesToken(failure) || path === this.#options.probePath;
        throw failed(failure, !settled && (await this.#acceptsToken(shown, owner)));
      }
      let waitMs: number;
      if (failure.kind === 'status' && failure.status === 429) {
        const until = this.#gate.refused(retryAfterMs);
        if (until === undefined) throw failed(failure);
        waitMs = Math.max(0, until - this.#timing.now());
        if (this.#past(waitMs)) throw failed(failure);
        this.#options.onRateLimit(until);
      } else {
        if (attempts > MAX_RETRIES || !mayPass(failure)) throw failed(failure);
        waitMs = backoff(attempts, this.#timing.random(), retryAfterMs);
        if (this.#past(waitMs) || (this.#options.deadline !== undefined && nobodyThere(failure))) throw failed(failure);
      }
      this.#options.onRetry({ owner, path: shown, attempt: attempts, reason: reasonOf(failure), waitMs });
      if (failure.kind === 'status' && failure.status === 429) continue; // The gate does the waiting.
      attempts += 1;
      await this.#timing.sleep(waitMs, this.#options.signal);
    }
  }

  async close(): Promise<void> {
    this.#life.abort();
    await this.#route.close();
  }

  /**
   * Whether a 401 that says nothing of the token is about something else: the API gave it for single things that were
   * gone or out of reach as well (compose-api.md 7.2). Only a 401 of the probe too is evidence against the token. If
   * the probe fails for now, neither is known, and its transient error is thrown: to skip what may be there would lose
   * it, and to blame the token would end the sync for good.
   */
  async #acceptsToken(path: string, owner: string): Promise<boolean> {
    if (this.#timing.now() - this.#tokenAcceptedAt <= TOKEN_ACCEPTED_MS) return true;
    this.#probe ??= this.#askProbe(path, owner).finally(() => (this.#probe = undefined));
    return this.#probe;
  }

  async #askProbe(path: string, owner: string): Promise<boolean> {
    const why = `It was asked for because ${path} was refused with HTTP 401, to tell whether the API still accepts the token.`;
    try {
      await this.#get(this.#options.probePath, owner, {}, why);
      return true;
    } catch (thrown) {
      this.#options.signal.throwIfAborted();
      const error = asConnectorError(thrown);
      if (error.failureType === 'transient_error' || error.status === undefined) throw thrown;
      return error.problem !== 'token_refused';
    }
  }

  async #once(target: string, path: string): Promise<Result> {
    const { onAnswer } = this.#options;
    const started = this.#timing.now();
    let limited = false;
    try {
      const request = {
        origin: this.#base.origin,
        target,
        headers: this.#headers,
        maxBodyBytes: this.#maxBodyBytes,
      };
      const outcome = await attempt(this.#route.dispatcher, request, this.#watch);
      if (outcome.kind !== 'answer') return { kind: 'failure', failure: outcome, retryAfterMs: undefined };
      const now = this.#timing.now();
      onAnswer?.(path, outcome.status, now - started);
      if (outcome.status === 200) return parsed(outcome);
      limited = outcome.status === 429;
      const header = [outcome.headers['retry-after']].flat()[0];
      return { kind: 'failure', failure: statusFailure(outcome), retryAfterMs: retryAfter(header, now) };
    } finally {
      if (!limited) this.#gate.passed();
    }
  }

  #target(path: string, query: Query): string {
    let search = '';
    for (const name in query) {
      const value = query[name];
      if (value !== undefined) search += `${search === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
    }
    return `${this.#root}/${path}${search}`;
  }

  #past(waitMs: number): boolean {
    return this.#options.deadline !== undefined && this.#timing.now() + waitMs >= this.#options.deadline;
  }

  #error(failure: Failure, about: Pick<FailureContext, 'path' | 'attempts' | 'tokenAccepted' | 'why'>): ConnectorError {
    const { timeoutMs, onTokenRefused } = this.#options;
    const { host } = this.#base;
    const { proxy } = this.#route;
    const error = toError(failure, { ...about, host, timeoutMs, maxBodyBytes: this.#maxBodyBytes, proxy });
    if (error.problem === 'token_refused') onTokenRefused?.(error);
    return error;
  }
}

type Result = { kind: 'body'; body: unknown } | { kind: 'failure'; failure: Failure; retryAfterMs: number | undefined };

const RATE_LIMIT_GIVEN_UP: Failure = {
  kind: 'status',
  status: 429,
  apiText: '',
  requestId: undefined,
  location: undefined,
};

/** A 200 whose body is no JSON was damaged on its way, or is a proxy's page: both may pass. */
function parsed({ text }: Extract<Outcome, { kind: 'answer' }>): Result {
  try {
    return { kind: 'body', body: JSON.parse(text) };
  } catch {
    return { kind: 'failure', failure: { kind: 'damaged', detail: damageOf(text) }, retryAfterMs: undefined };
  }
}

function damageOf(text: string): string {
  const start = text.trimStart();
  if (start === '') return 'it is empty';
  return start.startsWith('<') ? 'it is a web page' : 'it is not complete JSON';
}
