import { setMaxListeners } from 'node:events';
import type { ConnectorError } from '../core/errors.ts';
import type { Words } from '../core/problems.ts';
import type { Request } from '../core/stream.ts';
import { type Outcome, attempt } from './attempt.ts';
import { AttemptWatch } from './attempt.ts';
import type { Auth } from './auth.ts';
import { type Route, openRoute } from './route.ts';
import {
  type Failure,
  type FailureContext,
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
  /** The API's rate limit holds every request until then (Unix time, ms). */
  onRateLimit: (until: number) => void;
  /** The credentials are no longer accepted: nothing that follows can succeed. */
  onTokenRefused?: (error: ConnectorError) => void;
  onAnswer?: (path: string, status: number, ms: number) => void;
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
  /** Those of the last request: mostly they are those of the next one. */
  headers: Record<string, string>;
}

/**
 * An API client: GETs JSON. A redirect is never followed, so credentials go to the origins of the platform alone.
 * Retries, the rate limit and the time-out are its business; what it returns is parsed, not yet checked.
 */
export class ApiClient {
  readonly #options: ClientOptions;
  readonly #timing: Timing;
  readonly #maxBodyBytes: number;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #life = new AbortController();
  readonly #watch: AttemptWatch;
  readonly #headers: Record<string, string>;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#timing = options.timing ?? realTiming;
    this.#maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
    this.#watch = new AttemptWatch(options.timeoutMs, options.signal);
    // Every connection listens to it; Node would warn about a leak on stderr.
    setMaxListeners(0, this.#life.signal);
    this.#headers = { accept: options.accept, 'user-agent': options.userAgent };
    // An address of a proxy that is none is complained about at once.
    this.#endpoint(options.address);
  }

  /** The parsed body of a 200. `owner` is the stream that asks, for the events. Throws a ConnectorError, or the signal's reason. */
  get(request: Request, owner: string): Promise<unknown> {
    return this.#get(request, owner, undefined);
  }

  async close(): Promise<void> {
    this.#life.abort();
    await Promise.all([...this.#endpoints.values()].map(({ route }) => route.close()));
  }

  /** `why` is told with an error, if it is not the report itself that is asked for. */
  async #get(request: Request, owner: string, why: string | undefined): Promise<unknown> {
    const { signal, auth, address, isImpatient } = this.#options;
    const { path } = request;
    const endpoint = this.#endpoint(request.origin ?? address);
    const target = targetOf(endpoint, request);
    const shown = path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH)}…`;
    for (let attempts = 1, renewed = false; ;) {
      const failed = (failure: Failure, tokenAccepted = false): ConnectorError =>
        this.#error(failure, endpoint, { path: shown, attempts, tokenAccepted, why });
      if (!(await endpoint.gate.enter(signal))) throw failed(RATE_LIMIT_GIVEN_UP);
      const result = await this.#once(endpoint, target, path);
      if (result.kind === 'body') {
        auth.accepted?.(request);
        return result.body;
      }
      const { failure, retryAfterMs } = result;
      if (failure.kind === 'status' && failure.status === 401) {
        const ask = (further: Request, reason: string): Promise<unknown> => this.#get(further, owner, reason);
        const meaning = renewed ? 'refused' : await auth.refused({ request, said: failure.apiText }, ask);
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
        this.#options.onRateLimit(until);
      } else {
        if (attempts > MAX_RETRIES || !isTransient(failure)) throw failed(failure);
        waitMs = backoff(attempts, this.#timing.random(), retryAfterMs);
        if (this.#isPast(waitMs) || (isImpatient === true && nobodyThere(failure))) throw failed(failure);
      }
      this.#options.onRetry({ owner, path: shown, attempt: attempts, reason: reasonOf(failure), waitMs });
      if (failure.kind === 'status' && failure.status === 429) continue; // The gate does the waiting.
      attempts += 1;
      await this.#timing.sleep(waitMs, signal);
    }
  }

  async #once(endpoint: Endpoint, target: string, path: string): Promise<Result> {
    const { onAnswer, auth } = this.#options;
    const started = this.#timing.now();
    let limited = false;
    try {
      const header = auth.header();
      const authorization = typeof header === 'string' ? header : await header;
      if (endpoint.headers['authorization'] !== authorization) {
        endpoint.headers = { ...endpoint.route.headers, ...this.#headers, authorization };
      }
      const { origin, headers } = endpoint;
      const request = { origin, target, headers, maxBodyBytes: this.#maxBodyBytes };
      const outcome = await attempt(endpoint.route.dispatcher, request, this.#watch);
      if (outcome.kind !== 'answer') return { kind: 'failure', failure: outcome, retryAfterMs: undefined };
      const now = this.#timing.now();
      onAnswer?.(path, outcome.status, now - started);
      if (outcome.status === 200) return parsed(outcome);
      limited = outcome.status === 429;
      const after = [outcome.headers['retry-after']].flat()[0];
      return { kind: 'failure', failure: statusFailure(outcome), retryAfterMs: retryAfter(after, now) };
    } finally {
      if (!limited) endpoint.gate.passed();
    }
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

  #isPast(waitMs: number): boolean {
    return this.#options.deadline !== undefined && this.#timing.now() + waitMs >= this.#options.deadline;
  }

  #error(
    failure: Failure,
    { host, route }: Endpoint,
    about: Pick<FailureContext, 'path' | 'attempts' | 'tokenAccepted' | 'why'>,
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
