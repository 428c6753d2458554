import type { Request } from '../core/stream/request.ts';
import { AttemptWatch, type Outcome, attempt } from './attempt.ts';
import type { Settings } from './client-options.ts';
import { type Route, openRoute } from './connection/route.ts';
import { itemsIn } from './event-stream.ts';
import { type Failure, type Refusals, statusFailure } from './failure.ts';
import { CircuitBreaker, type Outcome as TrafficOutcome } from './traffic/circuit-breaker.ts';
import type { Permits } from './traffic/permits.ts';
import { RateLimiter } from './traffic/rate-limiter.ts';
import { retryAfter } from './traffic/retry.ts';

/** How one exchange ended. */
export type Result =
  { kind: 'body'; body: unknown } | { kind: 'failure'; failure: Failure; retryAfterMs?: number | undefined };

/** Leave to send one request, which holds a permit until it is released. */
export interface Admission {
  report: (outcome: TrafficOutcome, retryAfterMs?: number) => void;
  release: () => void;
}

/** An address that requests go to, with its own connections, rate limit and circuit breaker: its trouble is not that of others. */
export class Origin {
  readonly host: string;
  readonly route: Route;
  readonly breaker: CircuitBreaker;
  /** Aborted when the circuit opens, and at the end of the client's life. */
  readonly signal: AbortSignal;
  readonly #address: string;
  readonly #settings: Settings;
  readonly #permits: Permits;
  #limiter: RateLimiter | undefined;
  readonly #origin: string;
  /** Precedes each path in the request line. */
  readonly #root: string;
  readonly #watch: AttemptWatch;
  /** The last request's headers, which mostly are the next one's, too. */
  #headers: Record<string, string> = {};

  /** `stop` ends requests and waits, `life` the connections. */
  constructor(address: string, settings: Settings, permits: Permits, stop: AbortSignal, life: AbortSignal) {
    const { permits: connections, timeoutMs, env, timing } = settings;
    const { origin, host, pathname } = new URL(address);
    const route = { origin, connections, connectTimeoutMs: timeoutMs, signal: life, env };
    this.host = host;
    this.#address = address;
    this.#settings = settings;
    this.#permits = permits;
    this.#origin = origin;
    this.route = (settings.openRoute ?? openRoute)(route);
    this.#root = this.route.prefix + pathname.replace(/\/$/, '');
    this.breaker = new CircuitBreaker(timing, stop);
    this.signal = AbortSignal.any([stop, this.breaker.signal]);
    this.#watch = new AttemptWatch(timeoutMs, this.signal);
    this.signal.addEventListener('abort', () => permits.cancel(address, this.signal.reason));
  }

  /**
   * Resolves when the request may go: paced by the rate limiter, gated by the circuit breaker, with a permit. No permit is held during
   * a wait. `onLimited` is called with the ms for which a rate limit delays the request. Throws the signal's reason.
   */
  async admit(
    { rate }: Request,
    stream: string,
    hasFailed: boolean,
    onLimited: (waitMs: number) => void,
  ): Promise<Admission> {
    const { timing } = this.#settings;
    // Each origin has at most one rate.
    if (rate !== undefined) this.#limiter ??= new RateLimiter(rate, () => timing.monotonic());
    const waitMs = rate === undefined ? 0 : (this.#limiter?.reserve() ?? 0);
    if (waitMs > 0) {
      onLimited(waitMs);
      await timing.sleep(waitMs, this.signal);
    }
    for (;;) {
      const pass = await this.breaker.enter(hasFailed, onLimited);
      // Rejects only with the signal's reason, when nothing goes through the breaker any more.
      const permit = await this.#permits.acquire(this.#address, stream);
      const release = (): void => {
        this.breaker.cancel(pass);
        permit.release();
      };
      // The circuit may have changed while the request waited for its permit.
      if (this.breaker.admits(pass)) {
        return { release, report: (outcome, retryAfterMs) => this.breaker.reportOutcome(pass, outcome, retryAfterMs) };
      }
      release();
    }
  }

  /** Sends the request once. Throws only the signal's reason. */
  async exchange(request: Request, authorization: string | undefined): Promise<Result> {
    const { onAnswer, refusals, maxBodyBytes, timing } = this.#settings;
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
    const failure = statusFailure(outcome, refusals, request.reads);
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
    const type = post === undefined ? undefined : { 'content-type': post.type };
    const { accept, userAgent } = this.#settings;
    const usual = { ...this.route.headers, accept, 'user-agent': userAgent };
    if (authorization === undefined) return { ...usual, ...type, ...headers };
    if (this.#headers['authorization'] !== authorization) this.#headers = { ...usual, authorization };
    return type === undefined && headers === undefined ? this.#headers : { ...this.#headers, ...type, ...headers };
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
