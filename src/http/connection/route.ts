import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { TRANSIENT_STATUSES } from '../traffic/retry.ts';
import { type Proxy, proxyFor } from './proxy.ts';

type Connect = buildConnector.connector;

export interface RouteOptions {
  origin: string;
  connections: number;
  connectTimeoutMs: number;
  /** Ends connection attempts that undici would otherwise wait for. */
  signal: AbortSignal;
  env: Record<string, string | undefined>;
}

/** How requests reach an origin. */
export interface Route {
  dispatcher: Dispatcher;
  /** Precedes the path in the request line. */
  prefix: string;
  headers: Record<string, string>;
  proxy: Proxy | undefined;
  close: () => Promise<void>;
}

/** A failure of the proxy or of the connection to it, rather than of the API. */
export class ProxyError extends Error {
  readonly problem: 'proxy_unreachable' | 'proxy_failed' | 'proxy_rejected' | 'proxy_login';

  constructor(problem: ProxyError['problem'], cause: unknown) {
    super(problem, { cause });
    this.problem = problem;
  }
}

// Keep V8 from optimizing undici's WebAssembly parser. The optimization takes 10 MB of memory and 40 ms of CPU time, which
// delays the exit of a short sync, but it doesn't speed up even a read of 200,000 records.
for (const flag of ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up']) setFlagsFromString(flag);

/**
 * Opens a connection pool to the origin, or to the proxy set in the environment. HTTP/2 is off because it was slower in
 * measurements. undici's timeouts are off because the client has its own timeout for the whole request.
 */
export function openRoute({ origin, connections, connectTimeoutMs, signal, env }: RouteOptions): Route {
  const connector = buildConnector({ timeout: connectTimeoutMs, allowH2: false, signal });
  // Without this check, Node.js would open a connection even after the signal is aborted. Nothing would close the connection, so the
  // process would stay alive.
  const connect: Connect = (target, callback) =>
    signal.aborted ? callback(new Error('stopped'), null) : connector(target, callback);
  const options = { connections, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
  const proxy = proxyFor(origin, env);
  if (proxy === undefined) {
    const pool = new Pool(origin, { ...options, connect });
    return { dispatcher: pool, prefix: '', headers: {}, proxy, close: () => pool.destroy() };
  }
  const { authorization } = proxy;
  const login = authorization === undefined ? undefined : { 'proxy-authorization': authorization };
  const toProxy = asProxy(connect);
  if (origin.startsWith('http:')) {
    // Like curl, don't open a tunnel for plain HTTP: many proxies allow tunnels only for HTTPS.
    const pool = new Pool(proxy.origin, { ...options, connect: toProxy });
    const headers = { host: new URL(origin).host, ...login };
    return { dispatcher: pool, prefix: origin, headers, proxy, close: () => pool.destroy() };
  }
  const tunnels = new Pool(proxy.origin, { headersTimeout: 0, connect: toProxy });
  const pool = new Pool(origin, { ...options, connect: throughTunnel(tunnels, connect, { ...login }) });
  const close = async (): Promise<void> => void (await Promise.all([pool.destroy(), tunnels.destroy()]));
  return { dispatcher: pool, prefix: '', headers: {}, proxy, close };
}

function asProxy(connect: Connect): Connect {
  return (target, callback) =>
    connect(target, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      else callback(new ProxyError('proxy_unreachable', error), null);
    });
}

/**
 * Requests a tunnel from the proxy, and connects to the API with TLS through the tunnel. undici's own ProxyAgent doesn't distinguish
 * failures of the proxy from failures of the API, and it retries thousands of times a second if a proxy closes the connection.
 */
function throughTunnel(tunnels: Pool, connect: Connect, headers: Record<string, string>): Connect {
  return (target, callback) => {
    const host = `${target.hostname}:${target.port === '' ? '443' : target.port}`;
    tunnels.connect({ path: host, headers: { ...headers, host } }, (error, response) => {
      if (error !== null) {
        callback(error instanceof ProxyError ? error : new ProxyError('proxy_failed', error), null);
      } else if (response.statusCode === 200) {
        connect({ ...target, httpSocket: response.socket as Socket }, callback);
      } else {
        response.socket.on('error', () => undefined).destroy();
        callback(tunnelError(response.statusCode), null);
      }
    });
  };
}

function tunnelError(status: number): ProxyError {
  const isTransient = status === 429 || status >= 500 || TRANSIENT_STATUSES.has(status);
  const problem = status === 407 ? 'proxy_login' : isTransient ? 'proxy_failed' : 'proxy_rejected';
  return new ProxyError(problem, Object.assign(new Error('no tunnel'), { code: `HTTP ${status}` }));
}
