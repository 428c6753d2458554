import { isLoopback } from '../address.ts';
import { inputError } from '../../core/failure/errors.ts';

type Env = Record<string, string | undefined>;

/** The proxy that the environment names for one origin. */
export interface Proxy {
  /** The environment variable that names it. */
  variable: string;
  /** Its scheme, host and port, without user and password. */
  origin: string;
  /** Its host and port, for texts. */
  host: string;
  /** What goes into `Proxy-Authorization`, if its address holds a user. */
  authorization: string | undefined;
  /** What must show nowhere. */
  secrets: string[];
}

/**
 * The proxy that HTTP_PROXY or HTTPS_PROXY asks for and NO_PROXY does not refuse; none for loopback. Throws an input
 * error, without the address, which may hold a password, if it is none.
 */
export function proxyFor(origin: string, env: Env): Proxy | undefined {
  const { hostname, protocol, port } = new URL(origin);
  const set = firstSet(env, protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']);
  if (set === undefined || isLoopback(hostname)) return undefined;
  const noProxy = firstSet(env, ['no_proxy', 'NO_PROXY'])?.value ?? '';
  if (isExempt(hostname, port === '' ? DEFAULT_PORTS[protocol] : port, noProxy)) return undefined;
  const { name, value } = set;
  const address = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || DEFAULT_PORTS[url.protocol] === undefined) {
    throw inputError(
      `The environment variable ${name} must be the address of a proxy, for example http://proxy.example:3128.`,
    );
  }
  const { user, password } = credentialsOf(url, name);
  const basic = user === '' && password === '' ? undefined : Buffer.from(`${user}:${password}`).toString('base64');
  return {
    variable: name,
    origin: url.origin,
    host: `${url.hostname}:${url.port === '' ? DEFAULT_PORTS[url.protocol] : url.port}`,
    authorization: basic === undefined ? undefined : `Basic ${basic}`,
    secrets: [password, basic ?? ''].filter((secret) => secret !== ''),
  };
}

const DEFAULT_PORTS: Record<string, string> = { 'http:': '80', 'https:': '443' };

function credentialsOf({ username, password }: URL, name: string): { user: string; password: string } {
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw inputError(
      `The environment variable ${name} holds a user name or password with a "%" that starts no valid escape. Write "%25" for a "%" in it.`,
    );
  }
}

/** Whether NO_PROXY lists the host: by its name, with or without a port, or by a domain that it is in. */
function isExempt(hostname: string, port: string | undefined, noProxy: string): boolean {
  return noProxy.split(/[,\s]+/).some((entry) => {
    if (entry === '*') return true;
    const [, name = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    const domain = name.replace(/^\*?\./, '').toLowerCase();
    if (domain === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
    return hostname === domain || hostname.endsWith(`.${domain}`);
  });
}

function firstSet(env: Env, names: string[]): { name: string; value: string } | undefined {
  return names.map((name) => ({ name, value: env[name] ?? '' })).find(({ value }) => value !== '');
}
