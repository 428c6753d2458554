import type { Output } from '../output/output.ts';
import type { Terms } from '../failure/terms.ts';
import type { Received, Request } from '../stream/request.ts';

/**
 * The data and functions that all streams of one sync share; `S` is the data that their platform loads once for all of
 * them.
 */
export interface Session<S = unknown> {
  /** Sends a request for a stream. Throws a ConnectorError or the signal's reason. */
  send(request: Request, stream: string): Promise<Received>;
  output: Output;
  terms: Terms['facts'];
  shared: S;
  /** How many requests to one origin a stream may have in flight. */
  workers: number;
  /** As UTC text. */
  startDate: string | undefined;
  failOnRefusedDeployments: boolean;
  /** As UTC text. */
  startedAt: string;
  signal: AbortSignal;
}
