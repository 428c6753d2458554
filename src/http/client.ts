import { ConnectorError } from '../core/failure/errors.ts';
import type { Received, Request } from '../core/stream/request.ts';
import type { SendRequest } from './auth.ts';
import type { ClientOptions } from './client-options.ts';
import { toError } from './error.ts';
import { type Failure, isTransient, isUnreachable, outcomeOf } from './failure.ts';
import { Origin } from './origin.ts';
import type { Permits } from './traffic/permits.ts';
import { MAX_RETRIES, backoff } from './traffic/retry.ts';

/** A request on its way through the client's layers. */
interface Call {
  request: Request;
  stream: string;
  origin: Origin;
  /** The number of the current attempt. Attempts that end with HTTP 429 don't count. */
  attempts: number;
  /** The `Authorization` header of the last attempt. */
  authorization: string | undefined;
  /** Explains a request for data other than the stream's own. Appended to error messages. */
  why: string | undefined;
}

/**
 * An API client for JSON and for server-sent events that contain JSON. A request passes through these layers, from the
 * outside in: retries; authorization; rate limiter, circuit breaker and permits; the exchange itself. Redirects are not
 * followed, so credentials are sent only to the platform's origins. Bodies are parsed, but not validated.
 */
export class ApiClient {
  readonly #settings: ClientOptions;
  readonly #permits: Permits;
  readonly #origins = new Map<string, Origin>();
  /** The origins that reject new tokens. */
  readonly #rejecting = new Set<Origin>();
  readonly #life = new AbortController();
  /** Aborted when the sync is stopped or the client is closed. */
  readonly #signal: AbortSignal;

  /** Clients that share `permits` also share its limit. */
  constructor(options: ClientOptions, permits: Permits) {
    this.#settings = options;
    this.#permits = permits;
    this.#signal = AbortSignal.any([options.signal, this.#life.signal]);
    // Create the first origin now, so that an invalid proxy address is reported before any request.
    this.#originAt(options.address);
  }

  /** Sends a request for a stream. `why` is appended to error messages. Throws a ConnectorError or the signal's reason. */
  async send(request: Request, stream: string, why?: string): Promise<Received> {
    const origin = this.#originAt(request.origin ?? this.#settings.address);
    const call: Call = { request, stream, origin, attempts: 1, authorization: undefined, why };
    try {
      return await this.#retrying(call);
    } catch (thrown) {
      if (thrown !== origin.signal.reason || thrown === this.#signal.reason) throw thrown;
      throw this.#error(call, thrown as Failure);
    }
  }

  /** Like `send`, but releases the permit immediately, because the body is not emitted. */
  async get(request: Request, stream: string, why?: string): Promise<unknown> {
    const { body, release } = await this.send(request, stream, why);
    release();
    return body;
  }

  /** The current value of the `Authorization` header. Throws a ConnectorError or the signal's reason. */
  async authorization(stream: string): Promise<string> {
    this.#signal.throwIfAborted();
    return this.#orStop(this.#settings.auth.header(this.#sendFor(stream)));
  }

  /** Aborts requests that are still in flight, and closes all connections. */
  async close(): Promise<void> {
    this.#life.abort();
    await Promise.all([...this.#origins.values()].map(({ route }) => route.close()));
  }

  async #retrying(call: Call): Promise<Received> {
    const { onRetry, deadline, timing } = this.#settings;
    const { request, stream, origin } = call;
    for (;;) {
      const result = await this.#authorized(call);
      if ('release' in result) return result;
      origin.signal.throwIfAborted();
      const isLimited = outcomeOf(result) === 'limited';
      if (!isLimited && (call.attempts > MAX_RETRIES || !isTransient(result))) throw this.#error(call, result);
      const waitMs = isLimited ? origin.breaker.waitMs : backoff(call.attempts, timing.random(), result.retryAfterMs);
      // A deadline means that a user is waiting, perhaps after mistyping the address.
      if (deadline !== undefined && (isUnreachable(result) || timing.now() + waitMs >= deadline))
        throw this.#error(call, result);
      onRetry({ request, stream, attempt: call.attempts, reason: result.reason, waitMs });
      // HTTP 429 doesn't count as an attempt; the circuit breaker waits until the rate limit ends.
      if (isLimited) continue;
      call.attempts += 1;
      await timing.sleep(waitMs, origin.signal);
    }
  }

  /** Sends a request with credentials, and determines the meaning of a 401. */
  async #authorized(call: Call): Promise<Received | Failure> {
    const { auth, onCredentialsRejected } = this.#settings;
    const { request, stream } = call;
    for (let isRenewed = false; ; isRenewed = true) {
      const result = await this.#admitted(call);
      if ('release' in result) return result;
      const { response } = result;
      const { authorization } = call;
      if (response?.status !== 401 || authorization === undefined) return result;
      if (isRenewed) throw this.#rejectsNewTokens(call);
      const rejection = { request, authorization, said: response.said };
      const meaning = await this.#orStop(auth.meaningOf(rejection, this.#sendFor(stream)));
      if (meaning === 'unrelated') throw this.#error(call, { ...result, problem: 'unauthorized' });
      if (meaning === 'rejected') {
        const error = this.#error(call, result);
        onCredentialsRejected?.(error);
        throw error;
      }
    }
  }

  /** Waits for the rate limiter, the circuit breaker and a permit, then sends the request once. */
  async #admitted(call: Call): Promise<Received | Failure> {
    const { request, stream, origin, attempts } = call;
    const { auth, onRateLimit, timing } = this.#settings;
    const onLimited = (waitMs: number): void => onRateLimit(Math.ceil(timing.now() + waitMs), stream);
    for (let isFirst = true; ; isFirst = false) {
      // Get the token before waiting, because a request for a new token needs a permit, too.
      call.authorization = request.anonymous === true ? undefined : await this.authorization(stream);
      const { pass, release } = await origin.admit(request, stream, attempts > 1, onLimited);
      let isKept = false;
      try {
        if (isFirst && call.authorization !== undefined) {
          const current = auth.header(this.#sendFor(stream));
          if (typeof current === 'object') {
            // The token expired during the wait.
            current.catch(() => undefined);
            continue;
          }
          call.authorization = current;
        }
        const result = await origin.exchange(request, call.authorization);
        if ('problem' in result) {
          origin.breaker.reportOutcome(pass, outcomeOf(result), result.retryAfterMs);
          return result;
        }
        origin.breaker.reportOutcome(pass, 'answered');
        isKept = true;
        return { body: result.body, release };
      } finally {
        if (!isKept) release();
      }
    }
  }

  /** Opens the circuit of an origin that rejects new tokens. If a second origin does too, reports the credentials as rejected. */
  #rejectsNewTokens(call: Call): ConnectorError {
    const failure: Failure = { problem: 'token_rejected', reason: 'HTTP 401 for a new token' };
    const error = this.#error(call, failure);
    this.#rejecting.add(call.origin);
    call.origin.breaker.open(failure);
    if (this.#rejecting.size > 1) this.#settings.onCredentialsRejected?.(error);
    return error;
  }

  /** Rejected credentials stop the sync, no matter which request needed them first. */
  async #orStop<T>(credentials: T | Promise<T>): Promise<T> {
    try {
      return await credentials;
    } catch (thrown) {
      if (thrown instanceof ConnectorError && thrown.is('fatalToSync')) this.#settings.onCredentialsRejected?.(thrown);
      throw thrown;
    }
  }

  #sendFor(stream: string): SendRequest {
    return (request, why) => this.get(request, stream, why);
  }

  #originAt(address: string): Origin {
    const known = this.#origins.get(address);
    if (known !== undefined) return known;
    const origin = new Origin(address, this.#settings, this.#permits, this.#signal);
    this.#origins.set(address, origin);
    return origin;
  }

  #error(call: Call, failure: Failure): ConnectorError {
    const { url, route } = call.origin;
    return toError(failure, { ...this.#settings, ...call, host: url.host, proxy: route.proxy });
  }
}
