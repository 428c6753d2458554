import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { ConnectorError } from '../errors.ts';
import { type Outcome, attempt } from './attempt.ts';
import { AttemptWatch } from './attempt-watch.ts';
import { createDispatcher } from './dispatcher.ts';
import { type Failure, mayPass, nobodyThere, reasonOf, statusFailure, toError } from './failure.ts';
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

export interface ClientOptions {
  baseUrl: string;
  token: string;
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
  /** The path that all reports hang under, without a slash at its end. */
  readonly #root: string;
  readonly #dispatcher: Dispatcher;
  readonly #life = new AbortController();
  readonly #watch: AttemptWatch;
  readonly #gate: RateLimitGate;
  readonly #headers: Record<string, string>;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#timing = options.timing ?? realTiming;
    this.#gate = new RateLimitGate(this.#timing);
    this.#base = new URL(options.baseUrl);
    this.#root = this.#base.pathname.replace(/\/$/, '');
    const { connections, timeoutMs, env } = options;
    this.#watch = new AttemptWatch(timeoutMs, options.signal);
    const { origin } = this.#base;
    const { signal } = this.#life;
    // Every connection listens to it; Node would warn about a leak on stderr.
    setMaxListeners(0, signal);
    this.#dispatcher = createDispatcher({ origin, connections, connectTimeoutMs: timeoutMs, signal, env });
    this.#headers = {
      accept: 'application/hal+json, application/json',
      authorization: `Bearer ${options.token}`,
      'user-agent': options.userAgent,
    };
  }

  /**
   * The parsed body of a 200. `path` is relative to base_url; `owner` is the stream that asks, for the events.
   * Throws a ConnectorError, or the signal's reason.
   */
  async get(path: string, owner: string, query: Query = {}): Promise<unknown> {
    const target = this.#target(path, query);
    for (let attempts = 1; ;) {
      const failed = (failure: Failure): ConnectorError => this.#error(failure, path, attempts);
      if (!(await this.#gate.enter(this.#options.signal))) throw failed(RATE_LIMIT_GIVEN_UP);
      const result = await this.#once(target, path);
      if (result.kind === 'body') return result.body;
      const { failure, retryAfterMs } = result;
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
      this.#options.onRetry({ owner, path, attempt: attempts, reason: reasonOf(failure), waitMs });
      if (failure.kind === 'status' && failure.status === 429) continue; // The gate does the waiting.
      attempts += 1;
      await this.#timing.sleep(waitMs, this.#options.signal);
    }
  }

  async close(): Promise<void> {
    this.#life.abort();
    await this.#dispatcher.destroy();
  }

  async #once(target: string, path: string): Promise<Result> {
    const { onAnswer } = this.#options;
    const started = this.#timing.now();
    let limited = false;
    try {
      const request = { origin: this.#base.origin, target, headers: this.#headers };
      const outcome = await attempt(this.#dispatcher, request, this.#watch);
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

  #error(failure: Failure, path: string, attempts: number): ConnectorError {
    const { timeoutMs, onTokenRefused } = this.#options;
    const error = toError(failure, { path, host: this.#base.host, attempts, timeoutMs });
    if (error.status === 401) onTokenRefused?.(error);
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
    const detail = text.trim() === '' ? 'it is empty' : /^\s*</.test(text) ? 'it is a web page' : 'it is no whole JSON';
    return { kind: 'failure', failure: { kind: 'damaged', detail }, retryAfterMs: undefined };
  }
}
