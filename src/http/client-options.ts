import type { ConnectorError } from '../core/failure/errors.ts';
import type { Request } from '../core/stream/request.ts';
import type { Terms } from '../core/failure/terms.ts';
import type { Auth } from './auth.ts';
import type { Route, RouteOptions } from './connection/route.ts';
import type { Rejections } from './failure.ts';
import type { Timing } from './traffic/retry.ts';

/** The settings that differ between APIs. */
export interface Connection {
  /** The base of each path in a request that names no origin. */
  address: string;
  auth: Auth;
  /** The value of the header `Accept`. */
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

/** A request and its response. */
export interface Exchange {
  request: Request;
  /** 0 if there was no complete response. */
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
  /** The parsed body of a 200. */
  body: unknown;
  ms: number;
}

export interface ClientOptions extends Connection {
  terms: Terms;
  userAgent: string;
  /** The maximum number of requests in flight. */
  permits: number;
  timeoutMs: number;
  signal: AbortSignal;
  env: RouteOptions['env'];
  /** Before each wait for another attempt. */
  onRetry: (event: RetryEvent) => void;
  /** A rate limit delays a request of the stream until this time (Unix ms). */
  onRateLimit: (until: number, stream: string) => void;
  /** The API rejects the credentials: no later request can succeed. */
  onCredentialsRejected?: (error: ConnectorError) => void;
  onExchange?: (exchange: Exchange) => void;
  /** For a check: waits that would end later (Unix ms) and unreachable addresses are errors at once. */
  deadline?: number;
  /** A larger body is an error. */
  maxBodyBytes: number;
  timing: Timing;
  /** Replaces real connections, for simulations. */
  openRoute?: (options: RouteOptions) => Route;
}
