import type { Socket } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { type Proxy, proxyFor } from './proxy.ts';

type Connect = buildConnector.connector;

export interface RouteOptions {
  origin: string;
  connections: number;
  connectTimeoutMs: number;
  /** Aborted when no connection is wanted any more: undici itself waits for those that are coming about. */
  signal: AbortSignal;
  env: Record<string, string | undefined>;
}

/** The way that requests take to the API. */
export interface Route {
  dispatcher: Dispatcher;
  /** Stands before the path in the request line. */
  prefix: string;
  /** To be sent along. */
  headers: Record<string, string>;
  proxy: Proxy | undefined;
  close: () => Promise<void>;
}

/** What went wrong between here and the proxy, or in it: not a failure of the API. */
export class ProxyError extends Error {
  override name = 'ProxyError';
  /** The HTTP status of its answer to CONNECT. */
  readonly status: number | undefined;
  /** Whether it can be spoken to at all. */
  readonly reached: boolean;

  constructor(message: string, details: { reached: boolean; status?: number; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.status = details.status;
    this.reached = details.reached;
  }
}

/**
 * A pool of connections to the origin, or to the proxy that the environment asks for. HTTP/2 is off: it was measured as
 * slower here. The time-outs of undici are off too, because the client has one of its own for the whole request.
 */
export function openRoute({ origin, connections, connectTimeoutMs, signal, env }: RouteOptions): Route {
  const connect = buildConnector({ timeout: connectTimeoutMs, allowH2: false, signal });
  const options = { connections, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
  const proxy = proxyFor(origin, env);
  if (proxy === undefined) {
    const pool = new Pool(origin, { ...options, connect });
    return { dispatcher: pool, prefix: '', headers: {}, proxy, close: () => pool.destroy() };
  }
  const authorization: Record<string, string> =
    proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization };
  const toProxy = asProxy(connect);
  if (origin.startsWith('http:')) {
    // Plain http goes to the proxy as it is, as curl does: many proxies open tunnels for https alone.
    const pool = new Pool(proxy.origin, { ...options, connect: toProxy });
    const headers = { host: new URL(origin).host, ...authorization };
    return { dispatcher: pool, prefix: origin, headers, proxy, close: () => pool.destroy() };
  }
  const tunnels = new Pool(proxy.origin, { headersTimeout: 0, connect: toProxy });
  const pool = new Pool(origin, { ...options, connect: throughTunnel(tunnels, connect, authorization) });
  const close = async (): Promise<void> => void (await Promise.all([pool.destroy(), tunnels.destroy()]));
  return { dispatcher: pool, prefix: '', headers: {}, proxy, close };
}

/** A connection to the proxy that does not come about is the proxy's failure. */
function asProxy(connect: Connect): Connect {
  return (target, callback) =>
    connect(target, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      else callback(new ProxyError('the proxy cannot be reached', { reached: false, cause: error }), null);
    });
}

/**
 * Asks the proxy for a tunnel, and speaks TLS with the API through it. undici's own ProxyAgent does not tell a failure of
 * the proxy from one of the API; and a proxy that closes the connection on CONNECT is asked again by it at once,
 * thousands of times a second.
 */
function throughTunnel(tunnels: Pool, connect: Connect, headers: Record<string, string>): Connect {
  return (target, callback) => {
    const host = `${target.hostname}:${target.port === '' ? '443' : target.port}`;
    tunnels.connect({ path: host, headers: { ...headers, host } }, (error, answer) => {
      if (error !== null) {
        const failed = new ProxyError('the proxy failed', { reached: true, cause: error });
        callback(error instanceof ProxyError ? error : failed, null);
        return;
      }
      const { statusCode: status, socket } = answer;
      if (status === 200) {
        connect({ ...target, httpSocket: socket as Socket }, callback);
        return;
      }
      socket.on('error', () => undefined).destroy();
      callback(new ProxyError('the proxy opens no tunnel', { reached: true, status }), null);
    });
  };
}
