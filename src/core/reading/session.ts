import type { Output } from '../output/output.ts';
import type { Terms } from '../failure/terms.ts';
import type { Received, Request } from '../stream/request.ts';

/** The data and functions that all streams of a sync share. `S` is the data that the platform loads once for all streams. */
export interface Session<S = unknown> {
  /** Sends a request for a stream. Throws a ConnectorError or the signal's reason. */
  send(request: Request, stream: string): Promise<Received>;
  output: Output;
  /** Resolves when stdout accepts more output. */
  ready(): Promise<void>;
  terms: Terms['facts'];
  shared: S;
  /** The maximum number of requests that a stream may have in flight at one origin. */
  workers: number;
  /** The platform's name, as it is saved in states. */
  platform: string;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  /** The user's lookback_window_seconds, in ms. */
  lookbackMs: number;
  failOnRefusedDeployments: boolean;
  /** The start of the sync as UTC text. No cursor value may be later, because rows dated before the cursor value may still arrive. */
  startedAt: string;
  /** The ID of the orchestrator's job. Later attempts of the same job may resume its full refresh. */
  jobId: string | undefined;
  signal: AbortSignal;
}
