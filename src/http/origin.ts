import type { Request } from '../core/stream.ts';
import { AttemptWatch, type Outcome, attempt } from './attempt.ts';
import { type Route, type RouteOptions, openRoute } from './connection/route.ts';
import { itemsIn } from './event-stream.ts';
import { type Failure, type Refusals, statusFailure } from './failure.ts';
import { CircuitBreaker } from './traffic/circuit-breaker.ts';
import type { Traffic } from './traffic/admission.ts';
import type { Permits } from './traffic/permits.ts';
import { RateLimiter } from './traffic/rate-limiter.ts';
import { type Timing, retryAfter } from './traffic/retry.ts';

export interface OriginOptions {
  /** Sent with every request. */
  headers: Record<string, string>;
  refusals: Refusals;
  connections: number;
  timeoutMs: number;
  maxBodyBytes: number;
  env: RouteOptions['env'];
  timing: Timing;
  permits: Permits;
  onAnswer: ((method: string, path: string, status: number, ms: number) => void) | undefined;
  /** In place of real connections, for simulations. */
  openRoute?: ((options: RouteOptions) => Route) | undefined;
}

/** How one exchange ended. */
export type Result =
  { kind: 'body'; body: unknown } | { kind: 'failure'; failure: Failure; retryAfterMs?: number | undefined };

/** An address that requests go to, with its own connections, rate limit and circuit breaker: its trouble is not that of others. */
export class Origin {
  readonly host: string;
  readonly route: Route;
  readonly traffic: Traffic;
  /** Aborted when the circuit opens, and at the end of the client's life. */
  readonly signal: AbortSignal;
  readonly #options: OriginOptions;
  readonly #origin: string;
  /** Precedes each path in the request line. */
  readonly #root: string;
  readonly #watch: AttemptWatch;
  /** The last request's headers, which mostly are the next one's, too. */
  #headers: Record<string, string> = {};

  /** `stop` ends requests and waits, `life` the connections. */
  constructor(address: string, options: OriginOptions, stop: AbortSignal, life: AbortSignal) {
    const { connections, timeoutMs, env, timing, permits } = options;
    const { origin, host, pathname } = new URL(address);
    this.host = host;
    this.#options = options;
    this.#origin = origin;
    this.route = (options.openRoute ?? openRoute)({
      origin,
      connections,
      connectTimeoutMs: timeoutMs,
      signal: life,
      env,
    });
    this.#root = this.route.prefix + pathname.replace(/\/$/, '');
    const breaker = new CircuitBreaker(timing, stop);
    this.signal = AbortSignal.any([stop, breaker.signal]);
    this.#watch = new AttemptWatch(timeoutMs, this.signal);
    this.signal.addEventListener('abort', () => permits.cancel(address, this.signal.reason));
    this.traffic = { address, limiter: undefined, breaker, permits, timing, signal: this.signal };
  }

  /** Limits the rate from now on: each origin has at most one rate. */
  limitRate(rate: NonNullable<Request['rate']>): void {
    this.traffic.limiter ??= new RateLimiter(rate, () => this.#options.timing.monotonic());
  }

  /** Sends the request once. Throws only the signal's reason. */
  async exchange(request: Request, authorization: string | undefined): Promise<Result> {
    const { onAnswer, refusals, maxBodyBytes, timing } = this.#options;
    const { path, post } = request;
    const headers = this.#headersOf(request, authorization);
    const method = post === undefined ? 'GET' : 'POST';
    const body = post?.body ?? null;
    const sent = {
      origin: this.#origin,
      target: this.#targetOf(request),
      headers,
      method,
      body,
      maxBodyBytes,
    } as const;
    const began = timing.monotonic();
    const outcome = await attempt(this.route.dispatcher, sent, this.#watch);
    if (outcome.kind !== 'answer') return { kind: 'failure', failure: outcome };
    onAnswer?.(method, path, outcome.status, Math.round(timing.monotonic() - began));
    if (outcome.status === 200) return request.reads === 'events' ? eventsIn(outcome, refusals) : parsed(outcome);
    const after = [outcome.headers['retry-after']].flat()[0];
    const failure = statusFailure(outcome, refusals);
    return { kind: 'failure', failure, retryAfterMs: retryAfter(after, timing.now()) };
  }

  #targetOf({ path, query }: Request): string {
    let search = '';
    for (const name in query) {
      const value = query[name];
      if (value !== undefined) search += `${search === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
    }
    return `${this.#root}/${path}${search}`;
  }

  #headersOf({ headers, post }: Request, authorization: string | undefined): Record<string, string> {
    if (authorization === undefined) {
      const type = post === undefined ? {} : { 'content-type': post.type };
      return { ...this.route.headers, ...this.#options.headers, ...type, ...headers };
    }
    if (this.#headers['authorization'] !== authorization) {
      this.#headers = { ...this.route.headers, ...this.#options.headers, authorization };
    }
    if (post === undefined) return headers === undefined ? this.#headers : { ...this.#headers, ...headers };
    return { ...this.#headers, 'content-type': post.type, ...headers };
  }
}

type Answer = Extract<Outcome, { kind: 'answer' }>;

function eventsIn({ text }: Answer, refusals: Refusals): Result {
  const read = itemsIn(text, refusals);
  return 'items' in read ? { kind: 'body', body: read.items } : { kind: 'failure', failure: read.failure };
}

/** A 200 whose body isn't JSON was damaged on its way, or is a proxy's page: a retry may cure both. */
function parsed({ text }: Answer): Result {
  try {
    return { kind: 'body', body: JSON.parse(text) };
  } catch {
    return { kind: 'failure', failure: { kind: 'damaged', detail: damageOf(text) } };
  }
}

function damageOf(text: string): string {
  const start = text.trimStart();
  if (start === '') return 'it is empty';
  return start.startsWith('<') ? 'it is a web page' : 'it is not complete JSON';
}
