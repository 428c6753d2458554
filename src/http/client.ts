import { setMaxListeners } from 'node:events';
import { ConnectorError } from '../core/failure/errors.ts';
import type { Received, Request } from '../core/stream/request.ts';
import type { SendRequest } from './auth.ts';
import type { ClientOptions, Settings } from './client-options.ts';
import { toError } from './error.ts';
import { type Failure, isTransient, nobodyThere, outcomeOf, reasonOf } from './failure.ts';
import { Origin, type Result } from './origin.ts';
import type { OpenCircuit } from './traffic/circuit-breaker.ts';
import { Permits } from './traffic/permits.ts';
import { MAX_RETRIES, backoff, realTiming } from './traffic/retry.ts';

/** A larger body is an error: it wouldn't fit into memory next to those of the other requests. */
const MAX_BODY_BYTES = 256 * 2 ** 20;

/** After a longer wait, a request checks its token again. Tokens that end sooner than this are not used at all. */
const LONG_WAIT_MS = 5_000;

/** Longer paths, which may contain an id that the API made, are truncated in texts. */
const MAX_PATH_LENGTH = 300;

/** A request on its way through the client's layers. */
interface Call {
  request: Request;
  stream: string;
  origin: Origin;
  method: 'GET' | 'POST';
  /** As texts show it. */
  path: string;
  attempts: number;
  hasFailed: boolean;
  /** For the error's text, if the request isn't the stream's own. */
  why: string | undefined;
}

type Exchanged =
  | ({ kind: 'response' } & Received)
  | (Extract<Result, { kind: 'failure' }> & { /** What the request carried. */ authorization: string | undefined });

/**
 * An API client for JSON and for server-sent events that contain JSON. A request passes these layers, outside in: retrying;
 * authorised; paced, gated and permitted; one exchange. Redirects are not followed, so credentials go only to the platform's origins.
 * Bodies are parsed, but not yet validated.
 */
export class ApiClient {
  readonly #settings: Settings;
  readonly #permits: Permits;
  readonly #origins = new Map<string, Origin>();
  /** The origins that reject new tokens. */
  readonly #rejecting = new Set<Origin>();
  readonly #life = new AbortController();
  /** Aborted when the sync is stopped, and when the client is closed. */
  readonly #signal: AbortSignal;

  constructor(options: ClientOptions) {
    this.#settings = { timing: realTiming, maxBodyBytes: MAX_BODY_BYTES, ...options };
    this.#permits = new Permits(options.permits);
    this.#signal = AbortSignal.any([options.signal, this.#life.signal]);
    // Every origin and every wait listens to them; Node.js would warn about a leak on stderr.
    setMaxListeners(0, this.#life.signal, this.#signal);
    // An invalid proxy address is an error at once.
    this.#originAt(options.address);
  }

  /**
   * Sends a request for a stream. `why` is added to an error, for a request that is not the stream's own. Throws a ConnectorError, or
   * the signal's reason.
   */
  async send(request: Request, stream: string, why?: string): Promise<Received> {
    const origin = this.#originAt(request.origin ?? this.#settings.address);
    const { path } = request;
    const shown = path.length <= MAX_PATH_LENGTH ? path : `${path.slice(0, MAX_PATH_LENGTH)}…`;
    const method = request.post === undefined ? 'GET' : 'POST';
    const call: Call = { request, stream, origin, method, path: shown, attempts: 1, hasFailed: false, why };
    try {
      return await this.#retrying(call);
    } catch (thrown) {
      if (thrown !== origin.breaker.signal.reason) throw thrown;
      throw this.#error(call, { kind: 'circuit_open', circuit: thrown as OpenCircuit });
    }
  }

  /** The same for a body that is not emitted: its permit is released at once. */
  async get(request: Request, stream: string, why?: string): Promise<unknown> {
    const { body, release } = await this.send(request, stream, why);
    release();
    return body;
  }

  /** The header `Authorization` as requests send it now. Throws a ConnectorError. */
  async authorization(stream: string): Promise<string> {
    return this.#authorization(stream);
  }

  /** Ends without a word what is still in flight: nobody waits for it. */
  async close(): Promise<void> {
    this.#life.abort();
    await Promise.all([...this.#origins.values()].map(({ route }) => route.close()));
  }

  async #retrying(call: Call): Promise<Received> {
    const { onRetry, isImpatient } = this.#settings;
    const { origin, stream, method, path } = call;
    for (;;) {
      const exchanged = await this.#authorised(call);
      if (exchanged.kind === 'response') return exchanged;
      const { failure, retryAfterMs } = exchanged;
      origin.signal.throwIfAborted();
      const isLimited = outcomeOf(failure) === 'limited';
      if (!isLimited && (call.attempts > MAX_RETRIES || !isTransient(failure))) throw this.#error(call, failure);
      const waitMs = isLimited
        ? origin.breaker.waitMs
        : backoff(call.attempts, this.#settings.timing.random(), retryAfterMs);
      if (this.#isPast(waitMs) || (isImpatient === true && nobodyThere(failure))) throw this.#error(call, failure);
      onRetry({ stream, method, path, attempt: call.attempts, reason: reasonOf(failure), waitMs });
      call.hasFailed = true;
      // HTTP 429 uses up no attempt, and the circuit breaker waits for its end.
      if (isLimited) continue;
      call.attempts += 1;
      await this.#settings.timing.sleep(waitMs, origin.signal);
    }
  }

  /** Finds out what a 401 means. */
  async #authorised(call: Call): Promise<Exchanged> {
    const { auth, onTokenRefused } = this.#settings;
    const { request, stream } = call;
    for (let isRenewed = false; ; isRenewed = true) {
      const exchanged = await this.#admitted(call);
      if (exchanged.kind === 'response') {
        auth.accepted?.(request);
        return exchanged;
      }
      const { failure, authorization } = exchanged;
      if (failure.kind !== 'status' || failure.status !== 401 || authorization === undefined) return exchanged;
      if (isRenewed) throw this.#rejectsNewTokens(call);
      const refusal = { request, authorization, said: failure.apiText };
      const meaning = await this.#orStop(auth.refused(refusal, this.#sendFor(stream)));
      if (meaning === 'unrelated') throw this.#error(call, failure, true);
      if (meaning === 'refused') {
        const error = this.#error(call, failure);
        onTokenRefused?.(error);
        throw error;
      }
    }
  }

  /** Paced, gated and permitted: waits until the request may go, and sends it once. */
  async #admitted(call: Call): Promise<Exchanged> {
    const { request, stream, origin, hasFailed } = call;
    const onLimited = (waitMs: number): void =>
      this.#settings.onRateLimit(Math.ceil(this.#settings.timing.now() + waitMs), stream);
    for (let isFirst = true; ; isFirst = false) {
      // Before the request waits or holds a permit: the request for a new token has to pass, too.
      let header = request.anonymous === true ? undefined : this.#authorization(stream);
      if (typeof header === 'object') header = await header;
      const began = this.#settings.timing.monotonic();
      const admission = await origin.admit(request, stream, hasFailed, onLimited);
      let isKept = false;
      try {
        if (isFirst && header !== undefined && this.#settings.timing.monotonic() - began > LONG_WAIT_MS) {
          const current = this.#authorization(stream);
          if (typeof current === 'object') {
            // The token has expired during the wait. The next turn waits for another, or throws the reason why there is none.
            current.catch(() => undefined);
            continue;
          }
          header = current;
        }
        const result = await origin.exchange(request, header);
        if (result.kind === 'failure') {
          admission.report(outcomeOf(result.failure), result.retryAfterMs);
          return { ...result, authorization: header };
        }
        admission.report('answered');
        isKept = true;
        return { kind: 'response', body: result.body, release: admission.release };
      } finally {
        if (!isKept) admission.release();
      }
    }
  }

  /** One origin that rejects new tokens is given up. A second one shows that the credentials are to blame, and stops the sync. */
  #rejectsNewTokens(call: Call): ConnectorError {
    const circuit: OpenCircuit = { cause: 'token', ms: 0 };
    const error = this.#error(call, { kind: 'circuit_open', circuit });
    this.#rejecting.add(call.origin);
    call.origin.breaker.open(circuit);
    if (this.#rejecting.size > 1) this.#settings.onTokenRefused?.(error);
    return error;
  }

  #authorization(stream: string): string | Promise<string> {
    const header = this.#settings.auth.header(this.#sendFor(stream));
    return typeof header === 'string' ? header : this.#orStop(header);
  }

  /** A rejected key stops the sync, whichever request needed it first. */
  async #orStop<T>(credentials: Promise<T>): Promise<T> {
    try {
      return await credentials;
    } catch (thrown) {
      if (thrown instanceof ConnectorError && thrown.problem === 'key_refused') this.#settings.onTokenRefused?.(thrown);
      throw thrown;
    }
  }

  #sendFor(stream: string): SendRequest {
    return (request, why) => this.get(request, stream, why);
  }

  #originAt(address: string): Origin {
    const known = this.#origins.get(address);
    if (known !== undefined) return known;
    const origin = new Origin(address, this.#settings, this.#permits, this.#signal, this.#life.signal);
    this.#origins.set(address, origin);
    return origin;
  }

  #isPast(waitMs: number): boolean {
    const { deadline, timing } = this.#settings;
    return deadline !== undefined && timing.now() + waitMs >= deadline;
  }

  #error(call: Call, failure: Failure, tokenAccepted = false): ConnectorError {
    const { host, route } = call.origin;
    const { messages } = call.request;
    return toError(failure, { ...this.#settings, ...call, host, proxy: route.proxy, messages, tokenAccepted });
  }
}
