import type { Dispatcher, Pool as UndiciPool } from 'undici';
import { isLoopback } from '../base-url.ts';
import { inputError } from '../errors.ts';
import { EnvHttpProxyAgent, Pool } from './undici.ts';

export interface DispatcherOptions {
  origin: string;
  connections: number;
  connectTimeoutMs: number;
  /** Aborted when no connection is wanted any more: undici itself waits for those that are coming about. */
  signal: AbortSignal;
  env: Record<string, string | undefined>;
}

/**
 * Where requests go through: a pool of connections to the origin, or the proxy that HTTP_PROXY, HTTPS_PROXY and
 * NO_PROXY ask for (never for loopback). HTTP/2 is off: it was measured as slower here. The time-outs of undici are off
 * too, because the client has one of its own for the whole request.
 */
export function createDispatcher({
  origin,
  connections,
  connectTimeoutMs,
  signal,
  env,
}: DispatcherOptions): Dispatcher {
  const options = {
    connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs, signal },
  };
  const { hostname, protocol } = new URL(origin);
  const proxy = proxyFor(protocol, env);
  if (proxy === undefined || isLoopback(hostname)) return new Pool(origin, options);
  // Plain http goes to the proxy as it is, as curl does: many proxies open tunnels for https alone.
  const noProxy = firstSet(env, ['no_proxy', 'NO_PROXY'])?.value ?? '';
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy,
    proxyTunnel: false,
    factory: proxyPool,
  });
}

/**
 * A pool behind a proxy. undici takes a proxy that closes the connection on CONNECT for a closed keep-alive connection,
 * and connects again at once, thousands of times a second; under another code it is a failure like any other.
 */
function proxyPool(origin: URL, options: UndiciPool.Options): Dispatcher {
  const { connect } = options;
  if (typeof connect !== 'function') return new Pool(origin, options);
  return new Pool(origin, {
    ...options,
    connect: (target, callback) =>
      connect(target, (...[error, socket]) => {
        if (error === null) return callback(null, socket);
        const closed = 'code' in error && error.code === 'UND_ERR_SOCKET';
        return callback(closed ? Object.assign(new Error(error.message), { code: 'PROXY_CLOSED' }) : error, null);
      }),
  });
}

/** The proxy's address. Throws an input error, without its text, which may hold a password, if it is none. */
function proxyFor(protocol: string, env: Record<string, string | undefined>): string | undefined {
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const set = firstSet(env, names);
  if (set === undefined) return undefined;
  const { name, value } = set;
  const proxy = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(proxy) || !PROXY_PROTOCOLS.has(new URL(proxy).protocol)) {
    throw inputError(
      `The environment variable ${name} must be the address of a proxy, for example http://proxy.example:3128.`,
    );
  }
  return proxy;
}

function firstSet(env: DispatcherOptions['env'], names: string[]): { name: string; value: string } | undefined {
  return names.map((name) => ({ name, value: env[name] ?? '' })).find(({ value }) => value !== '');
}

const PROXY_PROTOCOLS = new Set(['http:', 'https:']);
