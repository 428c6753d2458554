import { describe, expect, test } from 'vitest';
import { type Failure, mayPass, nobodyThere, reasonOf, statusFailure, toError } from './failure.ts';

const context = { path: 'deployments', host: 'api.example.test', attempts: 6, timeoutMs: 60_000 };

const status = (code: number, text = '', headers: Record<string, string | string[]> = {}): Failure =>
  statusFailure({ kind: 'answer', status: code, headers, text });
const failed = (code: string): Failure => ({ kind: 'failed', code, detail: 'it went wrong' });

describe('who can do something about a failure, and what the user reads', () => {
  test.each([
    [status(401), 'config_error', 'token_refused', 'The Compose API at api.example.test does not accept the API token'],
    [status(403), 'config_error', 'forbidden', 'has no right to read deployments (HTTP 403)'],
    [status(404), 'system_error', 'not_found', 'does not have deployments (HTTP 404)'],
    [status(408), 'transient_error', 'server_error', 'failed on deployments (HTTP 408) in 6 attempts'],
    [status(425), 'transient_error', 'server_error', 'HTTP 425'],
    [status(500), 'transient_error', 'server_error', 'HTTP 500'],
    [status(504), 'transient_error', 'server_error', 'HTTP 504'],
    [status(429), 'transient_error', 'rate_limited', 'fewer num_workers'],
    [status(400, '{"errors":{"limit":["bad"]}}'), 'system_error', 'unexpected_status', 'HTTP 400 ("limit: bad")'],
    [status(402), 'system_error', 'unexpected_status', 'refused deployments with HTTP 402.'],
    [status(501), 'system_error', 'unexpected_status', 'HTTP 501'],
    [status(204), 'system_error', 'unexpected_status', 'HTTP 204'],
    [failed('ENOTFOUND'), 'transient_error', 'host_unknown', 'The host api.example.test is unknown (ENOTFOUND)'],
    [failed('EAI_AGAIN'), 'transient_error', 'host_unknown', 'EAI_AGAIN'],
    [failed('ECONNREFUSED'), 'transient_error', 'connection_refused', 'Nothing answers at api.example.test'],
    [failed('ECONNRESET'), 'transient_error', 'connection_lost', 'failed on deployments in 6 attempts (ECONNRESET)'],
    [failed('UND_ERR_SOCKET'), 'transient_error', 'connection_lost', 'UND_ERR_SOCKET'],
    [failed('CERT_HAS_EXPIRED'), 'config_error', 'certificate_refused', 'NODE_EXTRA_CA_CERTS'],
    [failed('SELF_SIGNED_CERT_IN_CHAIN'), 'config_error', 'certificate_refused', 'SELF_SIGNED_CERT_IN_CHAIN'],
    [failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'config_error', 'certificate_refused', 'of api.example.test'],
    [failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'config_error', 'certificate_refused', 'is not trusted'],
    [failed('ERR_SSL_WRONG_VERSION_NUMBER'), 'config_error', 'certificate_refused', 'Check base_url'],
    [{ kind: 'timed_out' } as const, 'transient_error', 'timed_out', 'within 60 s, in 6 attempts'],
    [{ kind: 'timed_out' } as const, 'transient_error', 'timed_out', 'raise request_timeout_seconds'],
    [
      { kind: 'damaged', detail: 'it is empty' } as const,
      'transient_error',
      'damaged_answer',
      'in 6 attempts: it is empty',
    ],
  ])('%j is a %s', (failure, failureType, problem, sentence) => {
    const error = toError(failure, context);
    expect(error).toMatchObject({ failureType, problem });
    expect(error.message).toContain(sentence);
  });
});

test('a redirect is told with its target, but without a query that may hold secrets', () => {
  const error = toError(status(302, '', { location: 'https://login.example.test/in?next=secret#part' }), context);
  expect(error).toMatchObject({ problem: 'redirected', failureType: 'system_error' });
  expect(error.message).toContain('(HTTP 302) to https://login.example.test/in, which is not followed');
  expect(toError(status(304), context).message).toContain('to an unnamed place');
});

test('the log gets path, status, what the API said, its request id and the attempts', () => {
  const failure = status(503, '{"errors":"maintenance"}', { 'x-request-id': ['r-17', 'r-18'] });
  expect(toError(failure, context).internalMessage).toBe(
    'GET deployments: HTTP 503 (maintenance), request id r-17, in 6 attempts',
  );
  expect(toError({ kind: 'timed_out' }, { ...context, attempts: 1 }).internalMessage).toBe(
    'GET deployments: time-out, at the first attempt',
  );
});

test('only an answer of the API gives the error a status', () => {
  expect(toError(status(404), context).status).toBe(404);
  expect(toError(failed('ECONNRESET'), context).status).toBeUndefined();
});

test.each([
  [status(503), true],
  [status(429), false],
  [status(404), false],
  [status(302), false],
  [{ kind: 'timed_out' } as const, true],
  [{ kind: 'damaged', detail: 'it is empty' } as const, true],
  [failed('ECONNRESET'), true],
  [failed('ENOTFOUND'), true],
  [failed('CERT_HAS_EXPIRED'), false],
  [failed('EPROTO'), false],
])('%j is worth another attempt: %s', (failure, worth) => {
  expect(mayPass(failure)).toBe(worth);
});

test.each([
  [failed('ENOTFOUND'), true],
  [failed('ECONNREFUSED'), true],
  [failed('ECONNRESET'), false],
  [{ kind: 'timed_out' } as const, false],
  [status(503), false],
])('%j means that nobody is there: %s', (failure, nobody) => {
  expect(nobodyThere(failure)).toBe(nobody);
});

test.each([
  [status(502), 'HTTP 502'],
  [status(500, '{"errors":"oops"}'), 'HTTP 500 (oops)'],
  [{ kind: 'timed_out' } as const, 'time-out'],
  [failed('ECONNRESET'), 'ECONNRESET (it went wrong)'],
  [{ kind: 'damaged', detail: 'it is a web page' } as const, 'damaged answer (it is a web page)'],
])('%j is told in a few words', (failure, words) => {
  expect(reasonOf(failure)).toBe(words);
});

test('where Compose itself lived, a failure says that Compose has closed', () => {
  expect(toError(failed('ENOTFOUND'), { ...context, host: 'api.compose.io' }).message).toContain('1 March 2023');
  expect(toError(failed('ENOTFOUND'), context).message).not.toContain('2023');
});
