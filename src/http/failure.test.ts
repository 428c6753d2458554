import { describe, expect, test } from 'vitest';
import { compose } from '../platforms/compose/compose.ts';
import { errorText } from '../platforms/compose/error-text.ts';
import { toError } from './error.ts';
import {
  type Failure,
  TIMED_OUT,
  TOO_LARGE,
  connectionFailure,
  damaged,
  isTransient,
  isUnreachable,
  statusFailure,
} from './failure.ts';
import { proxyFor } from './connection/proxy.ts';
import { ProxyError } from './connection/route.ts';

const context = {
  request: { path: 'deployments' },
  host: 'api.example.test',
  terms: compose.terms,
  attempts: 6,
  timeoutMs: 60_000,
  maxBodyBytes: 2 ** 28,
  proxy: undefined,
};

const status = (code: number, text = '', headers: Record<string, string | string[]> = {}): Failure =>
  statusFailure({ status: code, headers, text }, { textOf: errorText });
const withCode = (code: string, message: string): Error => Object.assign(new Error(message), { code });
/** A connection failure. If `connected`, the connection was established first. */
const failed = (code: string, connected = false, detail = 'it went wrong'): Failure =>
  connectionFailure(withCode(code, detail), connected);

const proxy = proxyFor('https://api.example.test', { HTTPS_PROXY: 'http://me:s3cret@proxy.example:3128' });
const proxyFailed = (code: string, problem: ProxyError['problem']): Failure =>
  connectionFailure(new ProxyError(problem, withCode(code, 'it went wrong')), false);

describe('toError', () => {
  test.each([
    [status(401), 'config_error', 'credentials_rejected', 'The Compose API at api.example.test rejected the API token'],
    [status(403), 'config_error', 'forbidden', 'is not authorized to read deployments (HTTP 403)'],
    [status(404), 'system_error', 'not_found', 'could not find deployments (HTTP 404)'],
    [status(408), 'transient_error', 'server_error', 'The request for deployments failed after 6 attempts (HTTP 408)'],
    [status(429), 'transient_error', 'rate_limited', 'lower num_workers'],
    [status(400, '{"errors":{"limit":["bad"]}}'), 'system_error', 'unexpected_status', 'HTTP 400 ("limit: bad")'],
    [status(402), 'system_error', 'unexpected_status', 'rejected the request for deployments with HTTP 402.'],
    [failed('ENOTFOUND'), 'transient_error', 'host_unknown', 'The host api.example.test is unknown (ENOTFOUND)'],
    [failed('ECONNREFUSED'), 'transient_error', 'connection_refused', 'Nothing responds at api.example.test'],
    [
      failed('ECONNRESET'),
      'transient_error',
      'connection_lost',
      'The request for deployments failed after 6 attempts: the connection to ',
    ],
    [failed('CERT_HAS_EXPIRED'), 'config_error', 'certificate_untrusted', 'NODE_EXTRA_CA_CERTS'],
    [failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'config_error', 'certificate_untrusted', 'of api.example.test'],
    [failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'config_error', 'certificate_untrusted', 'is not trusted'],
    [failed('ERR_SSL_WRONG_VERSION_NUMBER'), 'config_error', 'tls_not_spoken', 'the server responds without TLS'],
    [
      failed('EPROTO'),
      'transient_error',
      'tls_failed',
      'handshake with api.example.test failed after 6 attempts (EPROTO)',
    ],
    [failed('ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'), 'transient_error', 'tls_failed', 'TLS 1.2 or later'],
    [
      failed('ERR_SSL_WRONG_VERSION_NUMBER', true),
      'transient_error',
      'connection_lost',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ],
    [
      proxyFailed('ECONNREFUSED', 'proxy_unreachable'),
      'transient_error',
      'proxy_unreachable',
      'proxy.example:3128, set in HTTPS_PROXY',
    ],
    [proxyFailed('HTTP 407', 'proxy_login'), 'config_error', 'proxy_login', 'Set HTTPS_PROXY to an address'],
    [status(407), 'config_error', 'proxy_login', 'The proxy proxy.example:3128 requires credentials'],
    [
      proxyFailed('HTTP 403', 'proxy_rejected'),
      'config_error',
      'proxy_rejected',
      'does not allow connections to api.example.test (HTTP 403)',
    ],
    [proxyFailed('HTTP 429', 'proxy_failed'), 'transient_error', 'proxy_failed', '(HTTP 429)'],
    [proxyFailed('HTTP 502', 'proxy_failed'), 'transient_error', 'proxy_failed', 'after 6 attempts (HTTP 502)'],
    [
      proxyFailed('UND_ERR_SOCKET', 'proxy_failed'),
      'transient_error',
      'proxy_failed',
      'failed to connect to api.example.test',
    ],
    [TOO_LARGE, 'system_error', 'body_too_large', 'The response for deployments exceeds the limit of 256 MB'],
    [
      TIMED_OUT,
      'transient_error',
      'timed_out',
      'timed out after 6 attempts: the API did not send a complete response within 60 s',
    ],
    [TIMED_OUT, 'transient_error', 'timed_out', 'raise request_timeout_seconds'],
    [damaged('it is empty'), 'transient_error', 'damaged_answer', 'after 6 attempts: it is empty'],
  ])('the problem $problem is reported as a $1', (failure, failureType, problem, sentence) => {
    const error = toError(failure, problem.startsWith('proxy') ? { ...context, proxy } : context);
    expect(error).toMatchObject({ failureType, problem });
    expect(error.message).toContain(sentence);
  });
});

test("a platform's own error messages replace the default messages", () => {
  const messages = { forbidden: '{Api} at {host} says no to {path} (HTTP {status}{said}).' };
  const own = { ...context, terms: { ...compose.terms, messages } };
  const no = status(403, '{"errors":"not_yours"}');
  expect(toError(no, own)).toMatchObject({
    problem: 'forbidden',
    failureType: 'config_error',
    message: 'The Compose API at api.example.test says no to deployments (HTTP 403 ("not_yours")).',
    answer: 'HTTP 403 ("not_yours")',
  });
  expect(toError(no, context).message).not.toContain('says no');
  expect(toError(status(404), own).message).toBe(toError(status(404), context).message);
});

test('a message names the role that the request requires, if the request specifies one', () => {
  const role = 'the Viewer role on things';
  const { message, facts } = toError(status(403), { ...context, request: { path: 'things', role } });
  expect(message).toContain(`Grant ${role} to `);
  expect(facts).toMatchObject({ role });
  expect(toError(status(403), context).message).toContain('Grant the missing role to ');
});

test("notes are also appended to a platform's own error messages", () => {
  const messages = { connection_refused: 'Nobody is at {host} ({code}).' };
  const own = { ...context, terms: { ...compose.terms, messages }, host: 'localhost:8080', why: 'It was needed.' };
  expect(toError(failed('ECONNREFUSED'), own).message).toMatch(
    /^Nobody is at localhost:8080 \(ECONNREFUSED\)\. It was needed\. Inside a container, /,
  );
});

test('a platform can override the meaning of an HTTP status', () => {
  const rejections = {
    textOf: errorText,
    problemOf: (code: number) =>
      code === 410 ? ('not_found' as const) : code === 599 ? ('server_error' as const) : undefined,
  };
  const of = (code: number): Failure => statusFailure({ status: code, headers: {}, text: '' }, rejections);
  expect(toError(of(410), context)).toMatchObject({ problem: 'not_found', status: 410 });
  expect(toError(status(410), context)).toMatchObject({ problem: 'unexpected_status' });
  expect([599, 503, 410, 418].map((code) => isTransient(of(code)))).toEqual([true, true, false, false]);
  expect(isTransient(status(599))).toBe(false);
});

test('a redirect is reported with its target, but without the query, which may contain secrets', () => {
  const error = toError(status(302, '', { location: 'https://login.example.test/in?next=secret#part' }), context);
  expect(error).toMatchObject({ problem: 'redirected', failureType: 'system_error' });
  expect(error.message).toContain(
    'The API redirected the request for deployments (HTTP 302) to https://login.example.test/in. The connector does not follow redirects',
  );
  expect(toError(status(304), context).message).toContain('to an unspecified address');
});

test('the log message contains the path, status, API text, request id and number of attempts', () => {
  const failure = status(503, '{"errors":"maintenance"}', { 'x-request-id': ['r-17', 'r-18'] });
  expect(toError(failure, context).internalMessage).toBe(
    'GET deployments: HTTP 503 (maintenance), request id r-17, after 6 attempts',
  );
  expect(toError(TIMED_OUT, { ...context, attempts: 1 }).internalMessage).toBe(
    'GET deployments: timeout, on the first attempt',
  );
});

test.each([
  [status(503), true],
  [status(429), false],
  [TIMED_OUT, true],
  [damaged('it is empty'), true],
  [failed('ECONNRESET'), true],
  [failed('ENOTFOUND'), true],
  [failed('CERT_HAS_EXPIRED'), false],
  [failed('EPROTO'), true],
  [failed('ERR_SSL_WRONG_VERSION_NUMBER'), false],
  [TOO_LARGE, false],
  [proxyFailed('ECONNREFUSED', 'proxy_unreachable'), true],
  [proxyFailed('HTTP 502', 'proxy_failed'), true],
  [proxyFailed('HTTP 407', 'proxy_login'), false],
  [proxyFailed('HTTP 403', 'proxy_rejected'), false],
])('isTransient returns $1 for the problem $problem', (failure, worth) => {
  expect(isTransient(failure)).toBe(worth);
});

test.each([
  [failed('ENOTFOUND'), true],
  [failed('ECONNREFUSED'), true],
  [failed('ECONNRESET'), false],
  [proxyFailed('ECONNREFUSED', 'proxy_unreachable'), true],
  [proxyFailed('HTTP 502', 'proxy_failed'), false],
  [TIMED_OUT, false],
])('isUnreachable returns $1 for the problem $problem', (failure, nobody) => {
  expect(isUnreachable(failure)).toBe(nobody);
});

test("an error about Compose's own host says that Compose has shut down", () => {
  expect(toError(failed('ENOTFOUND'), { ...context, host: 'api.compose.io' }).message).toContain('March 1, 2023');
  expect(toError(failed('ENOTFOUND'), context).message).not.toContain('2023');
});

test("an error names the proxy that may have caused it, without the proxy's password", () => {
  const note = 'Requests go through the proxy proxy.example:3128 (HTTPS_PROXY).';
  for (const failure of [TIMED_OUT, failed('ECONNRESET'), failed('EPROTO')]) {
    const { message } = toError(failure, { ...context, proxy });
    expect(message).toContain(note);
    expect(message).not.toContain('s3cret');
    expect(toError(failure, context).message).not.toContain('proxy.example');
  }
  expect(toError(status(500), { ...context, proxy }).message).not.toContain(note);
});

test('only a connection refused by localhost causes a note about containers', () => {
  const hint = 'Inside a container, localhost is the container itself';
  for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080']) {
    expect(toError(failed('ECONNREFUSED'), { ...context, host }).message).toContain(hint);
    expect(toError(failed('ECONNRESET'), { ...context, host }).message).not.toContain(hint);
  }
  expect(toError(failed('ECONNREFUSED'), context).message).not.toContain(hint);
});

test.each([
  ['CERT_REVOKED', 'certificate_untrusted'],
  ['HOSTNAME_MISMATCH', 'certificate_untrusted'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'tls_failed'],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls_failed'],
])('the TLS error code %s is reported as %s', (code, problem) => {
  expect(toError(failed(code), context).problem).toBe(problem);
});

test('if OpenSSL reports a wrong version number, EPROTO means that the server does not use TLS', () => {
  const detail = 'write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:';
  expect(toError(failed('EPROTO', false, detail), context).problem).toBe('tls_not_spoken');
});

test.each(['an id', 'x'.repeat(65), 'ä', 'a\nb', ''])('the invalid request id %j is not logged', (id) => {
  expect(toError(status(500, '', { 'x-request-id': id }), context).internalMessage).not.toContain('request id');
});

test('overlong headers are not shown, not even in part', () => {
  const long = 'x'.repeat(10_000);
  expect(toError(status(302, '', { location: `/${long}` }), context).message).toContain(
    'to …. The connector does not follow redirects',
  );
  expect(toError(status(500, '', { 'x-request-id': long }), context).internalMessage).not.toContain('request id');
});

test.each([
  ['deployments/crn%3Av1%3Abluemix%3Aa%2Fb%3A%3A/tasks', 'deployments/crn:v1:bluemix:a/b::/tasks'],
  ['deployments/%1b%5B31m', 'deployments/%1b%5B31m'],
  ['deployments/100%', 'deployments/100%'],
  ['deployments/crn%3…', 'deployments/crn%3…'],
])('the path %s is shown in readable form to users, but unchanged in the log', (path, read) => {
  const error = toError(status(500), { ...context, request: { path } });
  expect(error.message).toContain(`request for ${read} failed`);
  expect(error.internalMessage).toContain(`GET ${path}: `);
});
