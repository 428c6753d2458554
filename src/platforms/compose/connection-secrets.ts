import { isRow } from '../../core/stream.ts';

/** Shorter ones the redactor does not take. */
const SHORTEST = 4;

/** What sets the parts of a connection string apart, and what does not. */
const DELIMITERS = /[\s"'`:/@?&=,;|{}<>[\]()\\]+/;
const PARTS = /[^\s"'`:/@?&=,;|{}<>[\]()\\]+/g;
const QUOTES = /["'`]/;
const AROUND = new Set(`"'\`,;`);

/** How a key, an option or a variable ends whose value is a password. */
const NAMES_PASSWORD = /(?:pass\w*|pwd|pw|auth|secret|token|key|credentials?)\d*$/i;
const NAME_LENGTH = 40;
const PASSWORD_OPTIONS = new Set(['-p', '-a', '-P', '-w']);
const USER_OPTIONS = new Set(['-u', '--user', '--username']);

/**
 * The words that connection strings are made of. In any other place than a password's they are no secrets: masked, they
 * would leave little of a log.
 */
const COMMON_WORDS = new Set(
  `
  http https ssl tls tcp udp jdbc postgres postgresql mongodb mongodb+srv mongodb srv mysql mysqlx mariadb redis rediss
  amqp amqps rabbitmq etcd elasticsearch elastic_search elastic scylla cassandra rethinkdb disque influxdb janusgraph
  psql mongo mongosh mongodump mongorestore redis-cli curl etcdctl cqlsh rabbitmqadmin mysqldump mysqlsh stunnel openssl
  s_client connect ssh sudo docker exec bash echo export java python ruby node client cli shell get set put list queues
  keys version help info ping status stats health cluster _cluster _cat indices nodes index logs admin root default user
  users username uid usr name host hosts hostname port ports server servers address addr endpoint endpoints url uri dsn
  database databases dbname db data source initial catalog schema keyspace collection vhost path file options option
  param params query config configuration pass password passwd passphrase pwd auth authsource authenticationdatabase
  authmechanism authenticationmechanism secret token key apikey api_key api-key credentials sslmode ssl-mode ssl_mode
  sslca ssl-ca sslcert sslkey sslrootcert sslcafile ssl-ca-file sslpemkeyfile sslallowinvalidcertificates
  sslallowinvalidhostnames ssl_ca_certs tlscafile tlsallowinvalidcertificates tlsallowinvalidhostnames tlsinsecure
  ssl_cert_reqs ssl-verify-server-cert cacert cafile ca-file ca_file cert certs certificate certificates insecure verify
  verify-ca verify-full verify_ca verify_identity require required requirepass prefer preferred allow disable disabled
  enable enabled optional true false yes none null undefined auto mode type kind timeout connecttimeout connect_timeout
  connecttimeoutms sockettimeoutms retrywrites retryreads replicaset readpreference primary secondary
  primarypreferred secondarypreferred nearest majority journal charset utf8 utf8mb4 collation encoding application_name
  target_session_attrs read-write read-only readonly read_only direct misc maps local localhost 127.0.0.1 0.0.0.0
  compose compose.io compose.com api.compose.io test main public proxy portal deployment deployments account accounts
  with from that this then your here into over only have must will does when where which using use connection string
  strings the and for not via
  `
    .trim()
    .split(/\s+/),
);

/**
 * What of `connection_strings` must never show, wherever it stands in there: every text that is not made of common
 * words alone, and every such part of it; and whatever stands in a password's place, even if it is a common word or
 * looks like a port. Together they are a few times as long as the texts.
 */
export function connectionSecrets(connectionStrings: unknown): string[] {
  const secrets = new Set<string>();
  // Not by recursion: how deep it is, is up to the server.
  const rest: { value: unknown; password: boolean }[] = [{ value: connectionStrings, password: false }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, password } = next;
    if (Array.isArray(value)) for (const item of value) rest.push({ value: item, password });
    else if (isRow(value)) {
      for (const [key, item] of Object.entries(value)) rest.push({ value: item, password: namesPassword(key) });
    } else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      if (password) secrets.add(text);
      addSecretsOf(text, secrets);
      if (text.includes('%')) addSecretsOf(unescaped(text), secrets);
      const json = fromJson(text);
      if (json !== undefined) rest.push({ value: json, password });
    }
  }
  return [...secrets].filter(({ length }) => length >= SHORTEST);
}

/** JSON inside of a text. */
function fromJson(text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Without the escapes of a URL, where they are sound. */
function unescaped(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

function addSecretsOf(text: string, secrets: Set<string>): void {
  const add = (part: string): void => {
    const bare = trimmed(part);
    if (bare.length >= SHORTEST && !isCommon(bare)) secrets.add(bare);
  };
  add(text);
  // A password may hold any delimiter but the one that ends it, and which that is, is not known.
  for (const part of text.split(QUOTES)) add(part);
  for (const part of text.split(DELIMITERS)) {
    add(part);
    // -avalue
    if (/^-\w./.test(part) && !isCommon(part)) add(part.slice(2));
  }
  for (const word of text.split(/\s+/)) {
    add(word);
    add(word.slice(word.indexOf('=') + 1));
    if (!word.includes('://')) add(word.slice(word.indexOf(':') + 1));
    for (const password of passwordsBeforeAt(trimmed(word))) secrets.add(password);
  }
  for (const password of namedPasswords(text)) secrets.add(password.trim());
}

/** `scheme://user:password@host`, `user:password@host`; also each of several that are only set apart by a comma. */
function passwordsBeforeAt(word: string): string[] {
  const found = [behindColon(word.slice(0, Math.max(0, word.lastIndexOf('@'))), word.indexOf('://'))];
  for (const before of word.split('@').slice(0, -1)) {
    found.push(behindColon(before, before.lastIndexOf('://')));
    found.push(behindColon(before, before.lastIndexOf(':')));
  }
  return found;
}

/** What stands behind the first colon from `scheme` on, where `://` may be, which is passed over; mostly nothing. */
function behindColon(text: string, scheme: number): string {
  const colon = text.indexOf(':', text.startsWith('://', scheme) ? scheme + 3 : scheme);
  return colon === -1 || text.startsWith('//', colon + 1) ? '' : text.slice(colon + 1);
}

/** What follows a name or an option that asks for a password: `PGPASSWORD='x'`, `"pwd": "x"`, `-p x`, `&pass=x`. */
function namedPasswords(text: string): string[] {
  const found: string[] = [];
  const isMysql = /mysql|mariadb/.test(text);
  // These have another option for the port.
  const hasLongPort = /mongo|cqlsh/.test(text);
  const names = new RegExp(PARTS);
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    const [name] = match;
    // mysql -ppassword
    if (isMysql && /^-p./.test(name) && !isCommon(name)) {
      found.push(text.slice(match.index + 2, endAt(text, names.lastIndex, ENDS)));
    }
    const isUser = USER_OPTIONS.has(name);
    if (!isUser && !namesPassword(name) && !PASSWORD_OPTIONS.has(name)) continue;
    const start = valueStart(text, names.lastIndex);
    if (isUser) {
      // curl -u user:password
      const colon = endAt(text, start, ENDS + ':', start + NAME_LENGTH);
      if (text[colon] === ':') found.push(text.slice(colon + 1, endAt(text, colon + 1, ENDS)));
      continue;
    }
    // mysql -p --host …, which asks for the password; psql -p 17000, which names a port.
    if (PASSWORD_OPTIONS.has(name) && text[start] === '-') continue;
    if (name === '-p' && !QUOTES.test(text[start - 1] ?? '') && isPort(text, start) && !hasLongPort) continue;
    const quote = text[start - 1] ?? '';
    const end = endAt(text, start, QUOTES.test(quote) ? quote : ENDS);
    const value = text.slice(start, end);
    found.push(value, value.slice(0, endAt(value, 0, '&;,})]<\\')), value.split(DELIMITERS).at(-1) ?? '');
    names.lastIndex = Math.max(names.lastIndex, end);
  }
  return found;
}

/** What ends a value that is not quoted. */
const ENDS = ' \t\r\n"\'`';

function isPort(text: string, start: number): boolean {
  return /^\d{1,5}(?:[\s"'`]|$)/.test(text.slice(start, start + 6));
}

function namesPassword(name: string): boolean {
  return NAMES_PASSWORD.test(name.slice(-NAME_LENGTH));
}

/** Behind `=`, `: `, `": "`, `>` and the like; past the quote that opens the value. */
function valueStart(text: string, after: number): number {
  let at = after;
  while (at < text.length && /[\s"'`:=>\\]/.test(text[at] as string)) at += 1;
  return at;
}

/** Where the first of `ends` stands from `start` on, or `limit`. */
function endAt(text: string, start: number, ends: string, limit = text.length): number {
  let at = start;
  while (at < limit && at < text.length && !ends.includes(text[at] as string)) at += 1;
  return at;
}

function isCommon(text: string): boolean {
  return text.split(DELIMITERS).every((part) => {
    const word = part.replace(/^--?/, '').toLowerCase();
    return COMMON_WORDS.has(word) || /^\d{0,5}$/.test(word) || /^-\w$/.test(part);
  });
}

/** Without white space, quotes, commas and semicolons at its ends. */
function trimmed(text: string): string {
  const bare = text.trim();
  let start = 0;
  let end = bare.length;
  while (start < end && AROUND.has(bare[start] as string)) start += 1;
  while (end > start && AROUND.has(bare[end - 1] as string)) end -= 1;
  return bare.slice(start, end);
}
