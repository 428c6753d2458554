import { type Request, methodOf } from '../core/stream/request.ts';
import { AbortListeners } from './abort-listeners.ts';
import { attempt } from './attempt.ts';
import type { ClientOptions } from './client-options.ts';
import { type Route, openRoute } from './connection/route.ts';
import { itemsIn } from './event-stream.ts';
import { type Failure, damaged, statusFailure } from './failure.ts';
import { CircuitBreaker, type Pass } from './traffic/circuit-breaker.ts';
import type { Permits } from './traffic/permits.ts';
import { rateLimiter } from './traffic/rate-limiter.ts';
import { retryAfter } from './traffic/retry.ts';

/** An address with its own connections, rate limiter and circuit breaker, so that its failures don't affect other addresses. */
export class Origin {
  readonly url: URL;
  readonly route: Route;
  readonly breaker: CircuitBreaker;
  /** Identifies the origin among the origins of all accounts. */
  readonly #key: string;
  /** The text before a request's path in the request line. */
  readonly #base: string;
  readonly #settings: ClientOptions;
  readonly #permits: Permits;
  readonly #aborts: AbortListeners;
  #reserve: (() => number) | undefined;

  /** Aborting `life` ends requests, waits and connection attempts. */
  constructor(address: string, settings: ClientOptions, permits: Permits, life: AbortSignal) {
    const { permits: connections, timeoutMs, env, timing, account } = settings;
    this.url = new URL(address);
    const { origin, pathname } = this.url;
    const route = { origin, connections, connectTimeoutMs: timeoutMs, signal: life, env };
    this.#key = account === undefined ? address : `${account} ${address}`;
    this.#settings = settings;
    this.#permits = permits;
    this.route = (settings.openRoute ?? openRoute)(route);
    this.#base = `${this.route.prefix}${pathname.replace(/\/$/, '')}`;
    this.breaker = new CircuitBreaker(timing, life);
    this.#aborts = new AbortListeners(this.signal);
    this.#aborts.add(() => permits.cancel(this.#key, this.signal.reason));
  }

  /** Aborted when the circuit opens, the sync is stopped, or the client is closed. */
  get signal(): AbortSignal {
    return this.breaker.signal;
  }

  /**
   * Waits for the rate limiter, the circuit breaker and a permit. No permit is held during the other waits. If a rate limit delays the
   * request, `onLimited` is called with the delay in ms. `release` ends the pass and frees the permit. Throws the signal's reason.
   */
  async admit(
    { rate }: Request,
    stream: string,
    hasFailed: boolean,
    onLimited: (waitMs: number) => void,
  ): Promise<{ pass: Pass; release: () => void }> {
    const { timing } = this.#settings;
    // Each origin has at most one rate limit.
    const waitMs = rate === undefined ? 0 : (this.#reserve ??= rateLimiter(rate, () => timing.monotonic()))();
    if (waitMs > 0) {
      onLimited(waitMs);
      await timing.sleep(waitMs, this.signal);
    }
    for (;;) {
      const pass = await this.breaker.enter(hasFailed, onLimited);
      // If `acquire` rejects, the signal was aborted and the breaker admits no more requests, so the pass doesn't have to be ended.
      const releasePermit = await this.#permits.acquire(this.#key, stream);
      const release = (): void => {
        this.breaker.cancel(pass);
        releasePermit();
      };
      // The circuit's state may have changed while the request waited for its permit.
      if (this.breaker.begin(pass)) return { pass, release };
      release();
    }
  }

  /** Sends the request once. Throws only the signal's reason. */
  async exchange(request: Request, authorization: string | undefined): Promise<{ body: unknown } | Failure> {
    const { onExchange, rejections, timing } = this.#settings;
    const { post, reads } = request;
    const began = timing.monotonic();
    const options = {
      origin: this.url.origin,
      path: this.#targetOf(request),
      method: methodOf(request),
      headers: this.#headersOf(request, authorization),
      body: post?.body ?? null,
    };
    const answer = await attempt(this.route.dispatcher, options, this.#settings, this.#aborts);
    const ms = Math.round(timing.monotonic() - began);
    if ('problem' in answer) {
      onExchange?.({ request, status: 0, headers: {}, text: '', body: undefined, ms });
      return answer;
    }
    const { status, headers, text } = answer;
    const result = status === 200 ? (reads === 'events' ? itemsIn(text, rejections) : parsed(text)) : undefined;
    const body = result !== undefined && 'body' in result ? result.body : undefined;
    onExchange?.({ request, status, headers, text, body, ms });
    if (result !== undefined) return result;
    const retryAfterMs = retryAfter([answer.headers['retry-after']].flat()[0], timing.now());
    return { ...statusFailure(answer, rejections), retryAfterMs };
  }

  #targetOf({ path, query }: Request): string {
    let search = '';
    for (const name in query) {
      const value = query[name];
      if (value !== undefined) search += `${search === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
    }
    return `${this.#base}/${path}${search}`;
  }

  #headersOf({ headers, post }: Request, authorization: string | undefined): Record<string, string> {
    const { accept, userAgent } = this.#settings;
    return {
      ...this.route.headers,
      accept,
      'user-agent': userAgent,
      ...(authorization !== undefined && { authorization }),
      ...(post && { 'content-type': post.type }),
      ...headers,
    };
  }
}

/** Parses the body of an HTTP 200. A body that isn't JSON is damaged or is a proxy's web page; in both cases, a retry may help. */
function parsed(text: string): { body: unknown } | Failure {
  try {
    return { body: JSON.parse(text) };
  } catch {
    const start = text.trimStart();
    if (start === '') return damaged('it is empty');
    return damaged(start.startsWith('<') ? 'it is a web page' : 'it is not valid JSON');
  }
}
