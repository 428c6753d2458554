import { isIP } from 'node:net';

/** For users who run the connector in a container and the server on the host. `host` may have a port. */
export function containerNote(host: string): string | undefined {
  if (!isLoopback(new URL(`http://${host}`).hostname)) return undefined;
  return 'Inside a container, localhost is the container itself: use the host network, or an address such as http://host.docker.internal.';
}

/**
 * The problem with an address that a user entered, as a clause that quotes no part of it; undefined if the address is
 * valid. `example` is a valid address.
 */
export function addressProblem(text: string, example: string): string | undefined {
  if (!text.includes('://')) {
    const isPrivate = URL.canParse(`http://${text}`) && cannotBePublic(new URL(`http://${text}`).hostname);
    return isPrivate
      ? 'must begin with http:// or https://; for a private host such as this, try http://'
      : `must be a URL such as ${example}`;
  }
  if (!URL.canParse(text)) return `must be a URL such as ${example}`;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '')
    return 'must contain no user name or password; credentials have an option of their own';
  if (/[?#]/.test(text)) return 'must end with the path, without ? or #';
  if (url.protocol === 'http:' && !cannotBePublic(url.hostname)) {
    return 'must begin with https:// (plain http only for loopback, private and link-local addresses, names without a dot, and names under .localhost, .local, .internal)';
  }
  return undefined;
}

/** A valid URL without white space around it or slashes at its end. */
export function normaliseAddress(text: string): string {
  const { href } = new URL(text.trim());
  let end = href.length;
  while (href[end - 1] === '/') end -= 1;
  return href.slice(0, end);
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  if (isIP(host) !== 0) return host === '::1' || host.startsWith('127.');
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Loopback, private and link-local addresses, as URLs spell them. */
const PRIVATE = /^(?:(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.|::1$|fe[89ab]|f[cd])/;

function cannotBePublic(hostname: string): boolean {
  const host = bare(hostname);
  if (isIP(host) !== 0) return PRIVATE.test(host);
  return !host.includes('.') || /\.(?:localhost|local|internal)$/.test(host);
}

/** The host without the brackets of an IPv6 address, or the dot at the end of a name. URLs are in lower case. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
