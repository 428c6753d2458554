import type { ConnectorError } from './errors.ts';
import type { ProblemId } from './problems.ts';

/** So many in a row whose retries were used up are an outage: to try hundreds more so would take hours. */
export const OUTAGES_IN_A_ROW = 5;

/** What happens where nobody answers at all. */
const SILENCES: ReadonlySet<ProblemId> = new Set<ProblemId>([
  'timed_out',
  'host_unknown',
  'connection_refused',
  'connection_lost',
  'tls_failed',
  'proxy_unreachable',
  'proxy_failed',
]);

/** The failures in a row of what is asked for at one place. Once there are too many, nothing more is asked for. */
export class FailureCount {
  #inARow = 0;
  #first: ConnectorError | undefined;

  /** Why nothing more is asked for; undefined: it still is. */
  get outage(): ConnectorError | undefined {
    return this.#inARow >= OUTAGES_IN_A_ROW ? this.#first : undefined;
  }

  failed(error: ConnectorError): void {
    this.#inARow += 1;
    this.#first ??= error;
  }

  succeeded(): void {
    if (this.outage !== undefined) return;
    this.#inARow = 0;
    this.#first = undefined;
  }
}

/** It was not asked for, or no longer, since its lane is out. */
export class NotTried extends Error {
  override name = 'NotTried';
}

/**
 * What one stream asks for at one place. A report that fails again and again is given up by the stream alone; a place that
 * does not answer is given up by all: `silences` is shared by the streams of a run.
 */
export class Lane {
  readonly #failures = new FailureCount();
  readonly #silences: FailureCount | undefined;

  constructor(silences: FailureCount | undefined) {
    this.#silences = silences;
  }

  get outage(): ConnectorError | undefined {
    return this.#failures.outage ?? this.#silences?.outage;
  }

  /** Why the lane is out, as the end of a sentence. */
  get reason(): string {
    return this.#silences?.outage === undefined
      ? `${OUTAGES_IN_A_ROW} in a row had failed`
      : `${OUTAGES_IN_A_ROW} requests in a row to the same server had brought no answer`;
  }

  /** Throws NotTried. */
  throwIfOut(): void {
    if (this.outage !== undefined) throw new NotTried();
  }

  /** To be asked before each attempt: throws NotTried if by now nothing has answered there for too long. */
  throwIfSilent(): void {
    if (this.#silences?.outage !== undefined) throw new NotTried();
  }

  succeeded(): void {
    this.#failures.succeeded();
    this.#silences?.succeeded();
  }

  /** The API refuses one of them, which tells nothing of the others but that the place answers. */
  refused(): void {
    this.#silences?.succeeded();
  }

  failed(error: ConnectorError): void {
    if (error.failureType === 'transient_error') this.#failures.failed(error);
    if (SILENCES.has(error.problem)) this.#silences?.failed(error);
    else this.#silences?.succeeded();
  }
}
