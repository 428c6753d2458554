/** A text that a server may send, with the parts that must be masked and the parts that must remain visible. */
export interface ErrorText {
  text: string;
  secrets: string[];
  useful: string[];
}

/** Generates `count` error texts like those of proxies, services and libraries, each with secrets, identifiers, or both. */
export function* errorTexts(seed: number, count: number, known: readonly string[]): Generator<ErrorText> {
  const random = mulberry32(seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T => from[upTo(from.length)] as T;
  const of = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[upTo(alphabet.length)]).join('');
  const hex = (length: number): string => of('0123456789abcdef', length);
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => upTo(256)));
  const guid = (): string => [8, 4, 4, 4, 12].map(hex).join('-');
  const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  const foreign = (): string =>
    pick([
      () => of(BASE62, 20 + upTo(30)),
      () => bytes(24 + upTo(30)).toString('base64'),
      () => bytes(24 + upTo(30)).toString('base64url'),
      () => hex(pick([32, 40, 64])),
      () => of(`${BASE62}_-`, 44),
      () => pick(['sk_live_', 'ghp_', 'glpat-', 'xoxb-', 'tok-']) + of(BASE62, 24 + upTo(12)),
      () => `AKIA${of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
      () =>
        `${base64url({ alg: 'RS256', kid: of('0123456789', 14) })}.${base64url({ sub: guid(), iat: 1_700_000_000 })}.${bytes(64).toString('base64url')}`,
    ])();
  const encoded = (credential: string): string =>
    pick([
      () => credential,
      () => JSON.stringify(credential).slice(1, -1),
      () => encodeURIComponent(credential),
      () => new URLSearchParams({ '': credential }).toString().slice(1),
      () => Buffer.from(credential).toString('base64'),
      () => Buffer.from(`${pick(['user', 'admin'])}:${credential}`).toString(pick(['base64', 'base64url'])),
    ])();
  const token = (): string => (random() < 0.5 ? encoded(pick(known)) : foreign());
  const password = (): string => of(`${BASE62}!#$*_-.`, 8 + upTo(12)) + of('0123456789', 1);

  const host = (): string =>
    pick([
      `${guid()}.${of('abcdefghijklmnopqrstuvwxyz0123456789', 20)}.databases.appdomain.cloud`,
      `api.${pick(['us-south', 'eu-de', 'jp-tok'])}.databases.cloud.ibm.com`,
      `aws-us-east-1-portal.${upTo(40)}.dblayer.com`,
      'api.compose.io',
      'iam.cloud.ibm.com',
      `proxy-${upTo(90)}.corp.example.com`,
    ]);
  const crn = (): string =>
    `crn:v1:bluemix:public:databases-for-${pick(['postgresql', 'redis', 'mongodb'])}:us-south:a/${hex(32)}:${guid()}::`;
  const id = (): string =>
    pick([
      guid,
      () => hex(24),
      crn,
      () => `iam-ServiceId-${guid()}`,
      () => `ApiKey-${guid()}`,
      () => `req_${guid()}`,
    ])();
  const path = (): string =>
    pick([
      () => `/v5/ibm/deployments/${encodeURIComponent(crn())}/configuration/schema`,
      () => `/2016-07/deployments/${hex(24)}/backups?limit=${upTo(100)}`,
      () => `/v2/resource_instances/${guid()}/resource_aliases`,
      () => `/v4/accounts/${hex(32)}/resource_groups/${hex(32)}/usage/2026-0${1 + upTo(9)}?_limit=100`,
      () => `/opt/app-root/src/node_modules/express/lib/router/index.js`,
      () => `/usr/share/elasticsearch/plugins/repository-s3/aws-java-sdk-core-1.12.270.jar`,
    ])();
  const trace = (): string =>
    pick([
      () => `trace: ${hex(32)}`,
      () => `"transaction_id":"${hex(32)}"`,
      () => `X-Request-Id: ${guid()}`,
      () => `account_id=${hex(32)}`,
      () => `at 2026-1${upTo(3)}-2${upTo(8)}T1${upTo(10)}:0${upTo(10)}:00.${100 + upTo(900)}Z`,
      () => `image sha256:${hex(64)}`,
      () => `cf-ray: ${hex(16)}-FRA`,
    ])();
  const code = (): string =>
    pick([
      'BXNIM0415E',
      'InvalidAuthenticationTokenException',
      'not_authorized',
      'ECONNREFUSED',
      'RC-IBMCloudResourceNotFoundError',
    ]);

  /** Each function returns a text that contains a token of at least 20 characters. */
  const withToken: Array<(token: string) => string> = [
    (it) => JSON.stringify({ errors: [{ code: code(), message: `The token ${it} is not valid` }], trace: hex(32) }),
    (it) => JSON.stringify({ errorCode: code(), errorMessage: `Provided API key ${it} could not be found.` }),
    (it) => JSON.stringify({ errors: { token: [`${it} is unknown`] } }),
    (it) => JSON.stringify({ message: JSON.stringify({ apikey: it, host: host() }) }),
    (it) => `<html><body><h1>403 Forbidden</h1><p>Rejected request with Authorization: Bearer ${it}</p></body></html>`,
    (it) => `<p>GET https://${host()}${path()}&amp;signature=${it} failed</p>`,
    (it) => `HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authorization: Basic ${it}\r\nVia: 1.1 ${host()}`,
    (it) => `https://${host()}/callback?code=${it}&state=ok was rejected`,
    (it) => `Error: cannot verify ${it}\n    at verify (${path()}:12:34)\n    at async main (/app/index.js:3:1)`,
    (it) =>
      `java.lang.IllegalStateException: ${it}\n\tat com.ibm.cloud.sdk.core.security.IamAuthenticator.authenticate(IamAuthenticator.java:231)`,
    (it) => `Set-Cookie: session=${it}; Path=/; HttpOnly`,
    (it) => `curl -H 'X-Auth-Token: ${it}' https://${host()}/v1`,
    (it) => `https://${it}@${host()}/repository.git not found`,
    (it) => `${it} does not match`,
  ];
  /** Each function returns a text that contains a password of any length. */
  const withPassword: Array<(password: string) => string> = [
    (it) => `postgres://admin:${it}@${host()}:17000/compose?sslmode=require: connection refused`,
    (it) => `could not connect to mongodb://admin:${it}@${host()}:1,${host()}:2/admin`,
    (it) => JSON.stringify({ errors: `redis://:${it}@${host()}:6379 times out` }),
    (it) => `FATAL: connection to server failed: host=${host()} user=admin password=${it} dbname=ibmclouddb`,
    (it) => JSON.stringify({ message: `bad config {"username":"admin","password":"${it}"}` }),
    (it) => JSON.stringify({ errors: { password: [it] } }),
    (it) => `Server=${host()};User Id=sa;Password=${it};Encrypt=true`,
    (it) => `spawn failed: redis-cli -h ${host()} -p 17000 -a ${it}`,
    (it) => `command exited with 1: mongo ${host()}/admin -u admin -p ${it} --ssl`,
    (it) => `curl -u admin:${it} https://${host()}/_cluster/health`,
    (it) => `env: PGPASSWORD=${it} PGHOST=${host()}`,
    (it) => `ALTER USER admin WITH PASSWORD '${it}' failed`,
    (it) => `<td>db.password</td><td>x</td><pre>secret: ${it}</pre>`,
    (it) => `KeyError: api_key='${it}' is not permitted`,
  ];
  /** Each function returns a text that must remain unchanged. */
  const plain: Array<() => string[]> = [
    () => ['The requested instance', id(), 'was not found at', host()],
    () => [code(), '(HTTP 404):', path(), trace()],
    () => ['<html><body><h1>502 Bad Gateway</h1>', host(), 'did not respond', '<hr>nginx/1.25.3</body></html>'],
    () => [
      'NoMethodError: undefined method',
      'fetch_deployment_with_connection_strings',
      'for nil (app/models/deployment.rb:214)',
    ],
    () => [
      'at com.ibm.cloud.resourcecontroller.ResourceInstanceController.getResourceInstanceById(ResourceInstanceController.java:118)',
      trace(),
    ],
    () => ['password: is too short (minimum is 15 characters)', 'for user', `user_${upTo(100)}@example.com`],
    () => ['invalid token: expired at', '2026-11-26T18:48:24.123Z', 'key: deployment_id', trace()],
    () => ['role Viewer is required on', crn(), 'for', `iam-ServiceId-${guid()}`],
    () => [
      'Error: getaddrinfo ENOTFOUND',
      host(),
      'at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26)',
    ],
    () => ['{"errors":{"limit":["must be less than 100"],"cursor":["is unknown:', hex(24), '"]}}'],
    () => ['GET', `https://${host()}${path()}`, 'returned 500', trace()],
    () => ['token_type=Bearer', 'auth: required', 'grant_type=urn:ibm:params:oauth:grant-type:apikey', trace()],
  ];

  for (let i = 0; i < count; i += 1) {
    const kind = i % 3;
    if (kind === 2) {
      const parts = pick(plain)();
      const useful = parts.flatMap((part) =>
        part
          .replace(/<[^>]*>/g, ' ')
          .split(/[\s"{}[\]()]+/)
          .filter((word) => word.length > 3),
      );
      yield { text: parts.join(' '), secrets: [], useful };
    } else {
      const secret = kind === 0 ? token() : password();
      // In base64, the first and last characters of the token also depend on the neighboring text.
      const secrets = [kind === 0 ? secret.slice(8, -3) : secret];
      yield { text: pick(kind === 0 ? withToken : withPassword)(secret), secrets, useful: [] };
    }
  }
}

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A small random number generator, so that the same seed produces the same texts. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
