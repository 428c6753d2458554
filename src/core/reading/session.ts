import type { Output } from '../output/output.ts';
import type { Terms } from '../failure/terms.ts';
import type { Received, Request } from '../stream/request.ts';

/** The data and functions that all streams of a sync share. `S` is the data that the platform loads once for all streams. */
export interface Session<S = unknown> {
  /** Sends a request for a stream. Throws a ConnectorError or the signal's reason. */
  send(request: Request, stream: string): Promise<Received>;
  output: Output;
  terms: Terms['facts'];
  shared: S;
  /** The maximum number of requests that a stream may have in flight at one origin. */
  workers: number;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  failOnRefusedDeployments: boolean;
  /** The start of the sync as UTC text. */
  startedAt: string;
  signal: AbortSignal;
}
