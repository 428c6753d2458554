export interface RequestEntry {
  readonly method: string;
  /** The path without the prefix and query, such as `/deployments`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The host to which the request was sent, as the client specified it. */
  readonly host: string;
  /** Whether the request had an Authorization header, valid or not. */
  readonly authorization: boolean;
  /** Whether the request contained the API's token or key: in the URL, a header or the body. */
  readonly credential: boolean;
}

/** Statistics about the requests received so far. */
export interface Stats {
  readonly requests: number;
  readonly byPath: Readonly<Record<string, number>>;
  /** The number of responses by status. `none` counts requests for which no response headers were sent. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly inFlight: number;
  readonly maxInFlight: number;
}

const MOST_PATHS = 20_000;
const MOST_ENTRIES = 10_000;
const SECOND = 1000;

/** Counts requests in bounded memory, however long the sandbox runs. */
export class Statistics {
  readonly #byPath = new Map<string, number>();
  readonly #byStatus = new Map<string, number>();
  #entries: RequestEntry[] = [];
  #requests = 0;
  #inFlight = 0;
  #maxInFlight = 0;

  /** The latest requests, oldest first. */
  get entries(): readonly RequestEntry[] {
    return this.#entries.slice(-MOST_ENTRIES);
  }

  begin(entry: RequestEntry): void {
    this.#requests += 1;
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    const known = this.#byPath.get(entry.path);
    const path = known !== undefined || this.#byPath.size < MOST_PATHS ? entry.path : 'others';
    this.#byPath.set(path, (this.#byPath.get(path) ?? 0) + 1);
    this.#entries.push(entry);
    if (this.#entries.length >= 2 * MOST_ENTRIES) this.#entries = this.#entries.slice(-MOST_ENTRIES);
  }

  end(status: string): void {
    this.#inFlight -= 1;
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
  }

  snapshot(): Stats {
    return {
      requests: this.#requests,
      byPath: Object.fromEntries(this.#byPath),
      byStatus: Object.fromEntries(this.#byStatus),
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
    };
  }
}

interface Usage {
  used: number;
  /** The time when requests are accepted again. */
  closedUntil?: number;
}

/**
 * For each service, accepts a fixed number of requests, then rejects requests for a while, then starts over. A quota of 0 accepts all
 * requests.
 */
export class Quota {
  readonly #most: number;
  readonly #closedMs: number;
  readonly #now: () => number;
  readonly #usage = new Map<string, Usage>();

  constructor(most: number, closedMs: number, now: () => number = () => performance.now()) {
    this.#most = most;
    this.#closedMs = closedMs;
    this.#now = now;
  }

  /** Counts one request toward the service's quota. If the quota is used up, returns the number of seconds to wait. */
  take(service: string): number | undefined {
    if (this.#most === 0) return undefined;
    const now = this.#now();
    const known = this.#usage.get(service);
    const usage: Usage = known === undefined || now >= (known.closedUntil ?? Infinity) ? { used: 0 } : known;
    this.#usage.set(service, usage);
    usage.used += 1;
    if (usage.used <= this.#most) return undefined;
    usage.closedUntil ??= now + this.#closedMs;
    return Math.max(1, Math.ceil((usage.closedUntil - now) / SECOND));
  }
}
