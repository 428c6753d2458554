import { isIP } from 'node:net';

/** A note for users who run the connector in a container and the server on the host machine. `host` may include a port. */
export function containerNote(host: string): string | undefined {
  if (!isLoopback(new URL(`http://${host}`).hostname)) return undefined;
  return 'Inside a container, localhost is the container itself: use the host network, or an address such as http://host.docker.internal.';
}

/** Describes the error in a configured address, without quoting the address. Returns undefined for a valid address, such as `example`. */
export function addressProblem(text: string, example: string): string | undefined {
  if (!text.includes('://')) {
    const isPrivate = URL.canParse(`http://${text}`) && cannotBePublic(new URL(`http://${text}`).hostname);
    return isPrivate
      ? 'must begin with http:// or https://; for this private host, try http://'
      : `must be a URL such as ${example}`;
  }
  if (!URL.canParse(text)) return `must be a URL such as ${example}`;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '')
    return 'must not contain a username or password; set the credentials in their own option';
  if (/[?#]/.test(text)) return 'must not contain a query (?) or a fragment (#)';
  if (url.protocol === 'http:' && !cannotBePublic(url.hostname)) {
    return 'must begin with https:// (plain HTTP is accepted only for loopback, private and link-local addresses, names without a dot, and names that end with .localhost, .local or .internal)';
  }
  return undefined;
}

/** Removes surrounding whitespace and trailing slashes from a valid URL. */
export function normaliseAddress(text: string): string {
  const { href } = new URL(text.trim());
  let end = href.length;
  while (href[end - 1] === '/') end -= 1;
  return href.slice(0, end);
}

/** Whether the host name of a URL refers to this machine. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  if (isIP(host) !== 0) return host === '::1' || host.startsWith('127.');
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Loopback, private and link-local addresses as they are written in URLs. */
const PRIVATE = /^(?:(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.|::1$|fe[89ab]|f[cd])/;

function cannotBePublic(hostname: string): boolean {
  const host = bare(hostname);
  if (isIP(host) !== 0) return PRIVATE.test(host);
  return !host.includes('.') || /\.(?:localhost|local|internal)$/.test(host);
}

/** Removes the brackets around an IPv6 address and the trailing dot of a name. `URL` has already lowercased the host. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
