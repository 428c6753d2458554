import { isLoopback } from '../address.ts';
import { inputError } from '../../core/failure/errors.ts';
import { addCredential } from '../../text/credentials.ts';

type Env = Record<string, string | undefined>;

/** The proxy that environment variables set for an origin. */
export interface Proxy {
  /** The environment variable that contains the proxy's address. */
  variable: string;
  /** The proxy's scheme, host and port, without the username and password. */
  origin: string;
  /** The proxy's host and port, for error texts. */
  host: string;
  /** The value of the `Proxy-Authorization` header, if the address contains a username or password. */
  authorization: string | undefined;
}

const DEFAULT_PORTS: Record<string, string> = { 'http:': '80', 'https:': '443' };

/**
 * Returns the proxy set in HTTP_PROXY or HTTPS_PROXY, unless the origin is a loopback address or listed in NO_PROXY. Masks
 * the proxy's credentials in all later output, because a proxy may repeat them in an error. Throws an input error if the
 * proxy's address is invalid.
 */
export function proxyFor(origin: string, env: Env): Proxy | undefined {
  const { hostname, protocol, port } = new URL(origin);
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const variable = names.find((name) => env[name]);
  if (variable === undefined || isLoopback(hostname)) return undefined;
  const noProxy = env['no_proxy'] || env['NO_PROXY'] || '';
  if (isExempt(hostname, port || DEFAULT_PORTS[protocol], noProxy)) return undefined;
  const { url, user, password } = parsed(variable, env[variable] ?? '');
  const basic = user === '' && password === '' ? undefined : Buffer.from(`${user}:${password}`).toString('base64');
  for (const secret of [password, basic ?? '']) addCredential(secret);
  return {
    variable,
    origin: url.origin,
    host: `${url.hostname}:${url.port || DEFAULT_PORTS[url.protocol]}`,
    authorization: basic === undefined ? undefined : `Basic ${basic}`,
  };
}

/** Parses a proxy's address. The error doesn't quote the address, which may contain a password. */
function parsed(variable: string, value: string): { url: URL; user: string; password: string } {
  try {
    const url = new URL(value.includes('://') ? value : `http://${value}`);
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    if (url.protocol in DEFAULT_PORTS) return { url, user, password };
  } catch {
    // The error below covers both addresses that can't be parsed and unsupported protocols.
  }
  throw inputError(
    `The environment variable ${variable} must be the address of a proxy, for example http://proxy.example:3128. In a username or password, write "%" as "%25".`,
  );
}

/** Whether NO_PROXY lists the host or a domain that contains it, with or without a port. */
function isExempt(hostname: string, port: string | undefined, noProxy: string): boolean {
  return noProxy.split(/[,\s]+/).some((entry) => {
    if (entry === '*') return true;
    const [, name = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    const domain = name.replace(/^\*?\./, '').toLowerCase();
    if (domain === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
    return hostname === domain || hostname.endsWith(`.${domain}`);
  });
}
