import type { ConnectorError } from '../core/failure/errors.ts';
import type { Request } from '../core/stream/request.ts';
import type { Terms } from '../core/failure/terms.ts';
import type { Auth } from './auth.ts';
import type { Route, RouteOptions } from './connection/route.ts';
import type { Rejections } from './failure.ts';
import type { Timing } from './traffic/retry.ts';

/** The credentials that are sent with requests for an account. */
export interface AccountConnection {
  id: string;
  auth: Auth;
  /** How messages refer to the credentials and their owner. */
  facts: Partial<Terms['facts']>;
}

/** The settings that differ between APIs. */
export interface Connection {
  /** The base URL of requests that don't specify an origin. */
  address: string;
  auth: Auth;
  /** The accounts that requests can specify. Default: none. */
  accounts?: readonly AccountConnection[];
  accept: string;
  rejections: Rejections;
}

export interface RetryEvent {
  request: Request;
  stream: string;
  attempt: number;
  reason: string;
  waitMs: number;
}

export interface Exchange {
  request: Request;
  /** The HTTP status, or 0 if there was no complete response. */
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
  /** The parsed body of an HTTP 200 response. */
  body: unknown;
  ms: number;
}

export interface ClientOptions extends Connection {
  /** The account that the client is for, or undefined for the platform's own credentials. */
  account?: string;
  terms: Terms;
  userAgent: string;
  /** The maximum number of requests in flight. */
  permits: number;
  timeoutMs: number;
  signal: AbortSignal;
  env: RouteOptions['env'];
  /** Called before each wait for another attempt. */
  onRetry: (event: RetryEvent) => void;
  /** Called when a rate limit delays a request of the stream. `until` is in Unix ms. */
  onRateLimit: (until: number, stream: string) => void;
  /** Called when the API rejects the credentials, after which no request can succeed. */
  onCredentialsRejected?: (error: ConnectorError) => void;
  onExchange?: (exchange: Exchange) => void;
  /** The deadline of a check, in Unix ms. No retry is sent after the deadline or to an unreachable address. */
  deadline?: number;
  /** The maximum size of a response body. If a body is larger, the request fails. */
  maxBodyBytes: number;
  timing: Timing;
  /** Replaces real connections in simulations. */
  openRoute?: (options: RouteOptions) => Route;
}
