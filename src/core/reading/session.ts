import type { Output } from '../output/output.ts';
import type { Terms } from '../failure/terms.ts';
import type { Received, Request } from '../stream/request.ts';

/** What all streams of one read share; `S` is what their platform requests once and shares among them. */
export interface Session<S = unknown> {
  /** Sends a request for a stream. Throws a ConnectorError or the signal's reason. */
  send(request: Request, stream: string): Promise<Received>;
  output: Output;
  /** What texts call the platform and its settings. */
  terms: Terms['facts'];
  shared: S;
  /** How many requests may be in flight at once. */
  workers: number;
  /** The user's start_date as UTC text. */
  startDate: string | undefined;
  /** A deployment that rejects a stream's request fails the stream, instead of being skipped. */
  failOnRefusedDeployments: boolean;
  /** When the sync began, as UTC text. */
  startedAt: string;
  signal: AbortSignal;
}
