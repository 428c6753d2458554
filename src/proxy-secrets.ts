/**
 * The secrets in the addresses of proxies that an environment names. What a proxy echoes of the header
 * `Proxy-Authorization` is the base64 of user and password, so these are named as a pair too; a user without a password
 * is a key. Anything may stand there: an address that is none must not show either.
 */
export function proxySecrets(env: Record<string, string | undefined>): string[] {
  return Object.entries(env).flatMap(([name, address = '']) => (isProxy(name) ? secretsOf(address) : []));
}

function isProxy(name: string): boolean {
  return /_proxy$/i.test(name) && !/^no_proxy$/i.test(name);
}

function secretsOf(address: string): string[] {
  const end = address.lastIndexOf('@');
  if (end === -1) return [];
  const scheme = address.indexOf('://');
  const login = address.slice(scheme === -1 ? 0 : scheme + 3, end);
  const colon = login.indexOf(':');
  return colon === -1 ? [login] : [login, login.slice(colon + 1)];
}
