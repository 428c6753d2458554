import { setMaxListeners } from 'node:events';
import { ConnectorError } from '../core/errors.ts';
import type { Words } from '../core/problems.ts';
import type { Turn } from '../core/request-slots.ts';
import type { Request } from '../core/stream.ts';
import { serverText } from '../text/server-text.ts';
import { type Outcome, attempt } from './attempt.ts';
import { AttemptWatch } from './attempt.ts';
import type { Ask, Auth } from './auth.ts';
import { itemsIn } from './event-stream.ts';
import { Pace } from './pace.ts';
import { type Route, openRoute } from './route.ts';
import {
  type Failure,
  type FailureContext,
  type Refusals,
  isAnswer,
  isTransient,
  nobodyThere,
  reasonOf,
  statusFailure,
  toError,
} from './failure.ts';
import { RateLimitGate } from './rate-limit-gate.ts';
import { MAX_RETRIES, backoff, retryAfter } from './retry.ts';
import { type Timing, realTiming } from './retry.ts';

export interface RetryEvent {
  owner: string;
  method: 'GET' | 'POST';
  path: string;
  attempt: number;
  reason: string;
  waitMs: number;
}

/** A larger body is an error: it would not fit into memory beside those of the other workers. */
const MAX_BODY_BYTES = 256 * 2 ** 20;

/** More of a path, which may hold an id of the API, is not shown. */
const LONGEST_PATH = 300;

export interface ClientOptions {
  /** Stands before the path of each request that names no origin. */
  address: string;
  auth: Auth;
  /** The value of the header `Accept`. */
  accept: string;
  refusals: Refusals;
  /** What texts call the API and its settings. */
  words: Words;
  userAgent: string;
  /** To each origin. */
  connections: number;
  timeoutMs: number;
  signal: AbortSignal;
  env: Record<string, string | undefined>;
  /** Before each wait for another attempt. */
  onRetry: (event: RetryEvent) => void;
  /** A rate limit holds a request of the owner until then (Unix time, ms). */
  onRateLimit: (until: number, owner: string) => void;
  /** The credentials are no longer accepted: nothing that follows can succeed. */
  onTokenRefused?: (error: ConnectorError) => void;
  onAnswer?: (method: string, path: string, status: number, ms: number) => void;
  /** Nobody waits past this time (Unix, ms). */
  deadline?: number;
  /** A host that is not there is not waited for, because somebody looks on who has just typed its address. */
  isImpatient?: boolean;
  maxBodyBytes?: number;
  timing?: Timing;
}

/** One place that requests go to, with connections and a rate limit of its own: what happens there holds up no other. */
interface Endpoint {
  /** Scheme, host and port. */
  origin: string;
  host: string;
  /** What stands before the path of each report in the request line. */
  root: string;
  route: Route;
  gate: RateLimitGate;
  /** Of its first request that knows a rate. */
  pace?: Pace;
  /** Those of the last request: mostly they are those of the next one. */
  headers: Record<string, string>;
}

/**
 * An API client: asks for JSON, or for events that hold it. A redirect is never followed, so credentials go to the origins of the platform alone.
 * Retries, the rate limit and the time-out are its business; what it returns is parsed, not yet checked.
 */
export class ApiClient {
  readonly #options: ClientOptions;
  readonly #timing: Timing;
  readonly #maxBodyBytes: number;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #life = new AbortController();
  /** Aborted when the run is stopped, and when nobody needs the client any more. */
  readonly #signal: AbortSignal;
  readonly #watch: AttemptWatch;
  readonly #headers: Record<string, string>;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#timing = options.timing ?? realTiming;
    this.#maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
    this.#signal = AbortSignal.any([options.signal, this.#life.signal]);
    this.#watch = new AttemptWatch(options.timeoutMs, this.#signal);
    // Every connection and every wait listens to them; Node would warn about a leak on stderr.
    setMaxListeners(0, this.#life.signal, this.#signal);
    this.#headers = { accept: options.accept, 'user-agent': options.userAgent };
    // An address of a proxy that is none is complained about at once.
    this.#endpoint(options.address);
  }

  /**
   * The parsed body of a 200. `owner` is the stream that asks, for the events; `turn` is told of every attempt and used for every wait. Throws a
   * ConnectorError, or the signal's reason.
   */
  get(request: Request, owner: string, turn: Turn = asItIs): Promise<unknown> {
    return this.#get(request, owner, turn, undefined);
  }

  /** What requests carry now to say who asks. Throws a ConnectorError. */
  async authorization(owner: string): Promise<string> {
    return this.#authorization(owner);
  }

  /** Ends at once what is still under way, without a word: nobody waits for it. */
  async close(): Promise<void> {
    this.#life.abort();
    await Promise.all([...this.#endpoints.values()].map(({ route }) => route.close()));
  }

  /** `why` is told with an error, if it is not the report itself that is asked for. */
  async #get(request: Request, owner: string, turn: Turn, why: string | undefined): Promise<unknown> {
    const { auth, address, isImpatient } = this.#options;
    const signal = this.#signal;
    const { path } = request;
    const method = request.post === undefined ? 'GET' : 'POST';
    const endpoint = this.#endpoint(request.origin ?? address);
    const target = targetOf(endpoint, request);
    const shown = path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH)}…`;
    // The end of the rate limit that the owner knows of.
    let told: number | undefined;
    for (let attempts = 1, renewed = false; ;) {
      const failed = (failure: Failure, tokenAccepted = false): ConnectorError =>
        this.#error(failure, endpoint, {
          path: shown,
          method,
          attempts,
          tokenAccepted,
          why,
          messages: request.messages,
        });
      const { gate } = endpoint;
      const turnMs = this.#turnOf(endpoint, request);
      if (turnMs > 0) {
        if (this.#isPast(turnMs)) throw failed(RATE_LIMIT_GIVEN_UP);
        this.#options.onRateLimit(this.#timing.now() + turnMs, owner);
        await turn.pause(() => this.#timing.sleep(turnMs, signal));
      }
      if (!gate.isOpen) {
        const until = gate.closedUntil;
        if (until !== undefined && until !== told) this.#options.onRateLimit(until, owner);
        if (!(await entered(gate, turn, signal))) throw failed(RATE_LIMIT_GIVEN_UP);
      }
      signal.throwIfAborted();
      const result = await this.#once(endpoint, target, request, owner);
      turn.heard(result.kind === 'body' || isAnswer(result.failure));
      if (result.kind === 'body') {
        auth.accepted?.(request);
        return result.body;
      }
      const { failure, retryAfterMs, authorization } = result;
      if (failure.kind === 'status' && failure.status === 401 && authorization !== undefined) {
        const refusal = { request, authorization, said: failure.apiText };
        const meaning = renewed ? 'refused' : await this.#orStop(auth.refused(refusal, this.#ask(owner)));
        if (meaning === 'refused') {
          const error = failed(failure);
          this.#options.onTokenRefused?.(error);
          throw error;
        }
        if (meaning === 'unrelated') throw failed(failure, true);
        renewed = true;
        continue;
      }
      let waitMs: number;
      if (failure.kind === 'status' && failure.status === 429) {
        const until = endpoint.gate.refused(retryAfterMs);
        if (until === undefined) throw failed(failure);
        waitMs = Math.max(0, until - this.#timing.now());
        if (this.#isPast(waitMs)) throw failed(failure);
        told = until;
        this.#options.onRateLimit(until, owner);
      } else {
        if (attempts > MAX_RETRIES || !isTransient(failure)) throw failed(failure);
        waitMs = backoff(attempts, this.#timing.random(), retryAfterMs);
        if (this.#isPast(waitMs) || (isImpatient === true && nobodyThere(failure))) throw failed(failure);
      }
      this.#options.onRetry({ owner, method, path: shown, attempt: attempts, reason: reasonOf(failure), waitMs });
      if (failure.kind === 'status' && failure.status === 429) continue; // The gate does the waiting.
      attempts += 1;
      await turn.retryAfter(() => this.#timing.sleep(waitMs, signal));
    }
  }

  async #once(endpoint: Endpoint, target: string, request: Request, owner: string): Promise<Result> {
    const { onAnswer, refusals } = this.#options;
    const { path, post } = request;
    let limited = false;
    try {
      const given = request.anonymous === true ? undefined : this.#authorization(owner);
      const authorization = typeof given === 'object' ? await given : given;
      const { origin } = endpoint;
      const headers = this.#headersOf(endpoint, request, authorization);
      const method = post === undefined ? 'GET' : 'POST';
      const started = this.#timing.now();
      const asked = {
        origin,
        target,
        headers,
        method,
        body: post?.body ?? null,
        maxBodyBytes: this.#maxBodyBytes,
      } as const;
      const outcome = await attempt(endpoint.route.dispatcher, asked, this.#watch);
      if (outcome.kind !== 'answer') return { kind: 'failure', failure: outcome };
      const now = this.#timing.now();
      onAnswer?.(method, path, outcome.status, now - started);
      if (outcome.status === 200) {
        if (request.reads !== 'events') return parsed(outcome);
        const read = itemsIn(outcome.text, refusals);
        if ('items' in read) return { kind: 'body', body: read.items };
        limited = read.failure.kind === 'status' && read.failure.status === 429;
        return { kind: 'failure', failure: read.failure, authorization };
      }
      limited = outcome.status === 429;
      const after = [outcome.headers['retry-after']].flat()[0];
      const failure = statusFailure(outcome, refusals);
      return { kind: 'failure', failure, retryAfterMs: retryAfter(after, now), authorization };
    } finally {
      if (!limited) endpoint.gate.passed();
    }
  }

  /** What a request carries; those of two requests to one place are mostly the same object. */
  #headersOf(
    endpoint: Endpoint,
    { headers, post }: Request,
    authorization: string | undefined,
  ): Record<string, string> {
    if (authorization === undefined) {
      const type = post === undefined ? {} : { 'content-type': post.type };
      return { ...endpoint.route.headers, ...this.#headers, ...type, ...headers };
    }
    if (endpoint.headers['authorization'] !== authorization) {
      endpoint.headers = { ...endpoint.route.headers, ...this.#headers, authorization };
    }
    if (post === undefined) return headers === undefined ? endpoint.headers : { ...endpoint.headers, ...headers };
    return { ...endpoint.headers, 'content-type': post.type, ...headers };
  }

  #authorization(owner: string): string | Promise<string> {
    const header = this.#options.auth.header(this.#ask(owner));
    return typeof header === 'string' ? header : this.#orStop(header);
  }

  /** A key that is refused stops the run, wherever it was needed first. */
  async #orStop<T>(credentials: Promise<T>): Promise<T> {
    try {
      return await credentials;
    } catch (thrown) {
      if (thrown instanceof ConnectorError && thrown.problem === 'key_refused') this.#options.onTokenRefused?.(thrown);
      throw thrown;
    }
  }

  #ask(owner: string): Ask {
    return (further, reason) => this.#get(further, owner, asItIs, reason);
  }

  #endpoint(address: string): Endpoint {
    const known = this.#endpoints.get(address);
    if (known !== undefined) return known;
    const { connections, timeoutMs, env } = this.#options;
    const { origin, host, pathname } = new URL(address);
    const route = openRoute({ origin, connections, connectTimeoutMs: timeoutMs, signal: this.#life.signal, env });
    const root = route.prefix + pathname.replace(/\/$/, '');
    const endpoint = { origin, host, root, route, gate: new RateLimitGate(this.#timing), headers: {} };
    this.#endpoints.set(address, endpoint);
    return endpoint;
  }

  /** In how many ms the request may go; a retry is one more. */
  #turnOf(endpoint: Endpoint, { rate }: Request): number {
    if (rate === undefined) return 0;
    endpoint.pace ??= new Pace(rate, () => this.#timing.now());
    return endpoint.pace.take();
  }

  #isPast(waitMs: number): boolean {
    return this.#options.deadline !== undefined && this.#timing.now() + waitMs >= this.#options.deadline;
  }

  #error(
    failure: Failure,
    { host, route }: Endpoint,
    about: Pick<FailureContext, 'path' | 'method' | 'attempts' | 'tokenAccepted' | 'why' | 'messages'>,
  ): ConnectorError {
    const { timeoutMs, words } = this.#options;
    const { proxy } = route;
    return toError(failure, { ...about, host, words, timeoutMs, maxBodyBytes: this.#maxBodyBytes, proxy });
  }
}

function targetOf({ root }: Endpoint, { path, query }: Request): string {
  let search = '';
  for (const name in query) {
    const value = query[name];
    if (value !== undefined) search += `${search === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
  }
  return `${root}/${path}${search}`;
}

type Result =
  | { kind: 'body'; body: unknown }
  /** `authorization` is what the request carried. */
  | { kind: 'failure'; failure: Failure; retryAfterMs?: number | undefined; authorization?: string | undefined };

const asItIs: Turn = { pause: (wait) => wait(), retryAfter: (wait) => wait(), heard: () => undefined };

/** Whether the request may go. One that gives up although it may would hold up those that wait for what it finds. */
async function entered(gate: RateLimitGate, turn: Turn, signal: AbortSignal): Promise<boolean> {
  try {
    const may = await turn.pause(() => gate.enter(signal));
    signal.throwIfAborted();
    return may;
  } catch (thrown) {
    gate.passed();
    throw thrown;
  }
}

const RATE_LIMIT_GIVEN_UP: Failure = {
  kind: 'status',
  status: 429,
  problem: 'rate_limited',
  apiText: serverText(''),
  requestId: undefined,
  location: undefined,
};

/** A 200 whose body is no JSON was damaged on its way, or is a proxy's page: both may pass. */
function parsed({ text }: Extract<Outcome, { kind: 'answer' }>): Result {
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
