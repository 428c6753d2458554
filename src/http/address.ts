import { BlockList, isIP } from 'node:net';

/** What a user must know who runs the connector in a container and the server beside it. `host` may have a port. */
export function containerNote(host: string): string | undefined {
  if (!isLoopback(new URL(`http://${host}`).hostname)) return undefined;
  return 'Inside a container, localhost is the container itself: use the host network, or an address such as http://host.docker.internal.';
}

const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  PRIVATE.addSubnet(net, bits, 'ipv4');
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/**
 * What is wrong with an address that a user gives, as the end of a sentence about it; undefined if nothing is. Quotes
 * nothing of it. `example` shows what one looks like.
 */
export function addressProblem(text: string, example: string): string | undefined {
  if (!text.includes('://')) return schemeProblem(text, example);
  if (!URL.canParse(text)) return `must be a URL such as ${example}`;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '')
    return 'must hold no user name or password; credentials have an option of their own';
  if (url.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#'))
    return 'must end with the path, without ? or #';
  if (url.protocol === 'http:' && !cannotBePublic(url.hostname)) {
    return 'must begin with https:// (plain http only for loopback, private and link-local addresses, names without a dot, and names under .localhost, .local, .internal)';
  }
  return undefined;
}

/** What is missing before an address such as `localhost:8080`. */
function schemeProblem(text: string, example: string): string {
  const { hostname } = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : { hostname: '' };
  const isWord = /^[a-z0-9-]*$/i.test(text) && text !== 'localhost';
  if (hostname === '' || isWord) return `must be a URL such as ${example}`;
  if (cannotBePublic(hostname))
    return 'must begin with http:// or https://; for a private host such as this, try http://';
  return `must begin with https://, as in ${example}`;
}

/** The same URL without white space around it or slashes at its end. Call with a good one only. */
export function normaliseAddress(text: string): string {
  const { href } = new URL(text.trim());
  let end = href.length;
  while (href[end - 1] === '/') end -= 1;
  return href.slice(0, end);
}

/** Whether a URL's host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}

function cannotBePublic(hostname: string): boolean {
  const host = bare(hostname);
  const version = isIP(host);
  if (version !== 0) return PRIVATE.check(host, version === 4 ? 'ipv4' : 'ipv6');
  return !host.includes('.') || /\.(?:localhost|local|internal)$/.test(host);
}

function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
