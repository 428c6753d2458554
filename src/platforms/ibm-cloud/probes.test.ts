import { expect, test } from 'vitest';
import type { Exchange } from '../../http/client-options.ts';
import type { Row } from '../../core/record/row.ts';
import { probes } from './probes.ts';

function seen(id: string, given: Partial<Exchange>): unknown[] {
  const exchange = { request: { path: '' }, status: 200, headers: {}, text: '', body: {}, ms: 1, ...given };
  return probes[id]
    ?.look(exchange)
    .map(([isAsExpected, expected, different = expected]) => (isAsExpected ? 'as expected' : different)) as unknown[];
}

function month(back: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7);
}

const usage = (back: number, status: number): Partial<Exchange> => ({
  request: { path: `usage/${month(back)}` },
  status,
});
const tokenOf = (claims: Row): string => `a.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.b`;
const token = (body: Row, claims = {}): Partial<Exchange> => ({ body: { access_token: tokenOf(claims), ...body } });
const assumed = (status: number, text = ''): Partial<Exchange> => {
  const body = `grant_type=assume&profile_crn=crn%3Aa%2F${'0'.repeat(32)}`;
  return { request: { path: 'identity/token', post: { type: '', body } }, status, text };
};
const next = (_start: string): Partial<Exchange> => ({
  body: { next: { href: `/usage?_start=${_start}`, offset: 'a%2B' } },
});

const searched = (items: Row[], search_cursor?: string): Partial<Exchange> => ({
  request: { path: '', post: { type: 'application/json', body: '{"query":"x"}' } },
  body: { items, limit: 2, search_cursor },
});

test.each<[id: string, exchange: Partial<Exchange>, seen: unknown[]]>([
  ['default_state', { body: { resources: [{ state: 'active' }] } }, ['as expected']],
  ['default_state', { body: { resources: [{ state: 'pending_reclamation' }] } }, ['the state pending_reclamation']],
  ['default_state', { body: { resources: [{ state: 'mine' }] } }, ['another state']],
  ['task_retention', { body: { tasks: [{ status: 'completed', created_at: 'soon' }] } }, []],
  ['task_retention', { body: { tasks: [{ status: 'completed' }] } }, []],
  ['usage_history', usage(12, 200), []],
  ['usage_history', usage(25, 200), ['as expected']],
  ['usage_history', usage(25, 404), ['HTTP 404 for the month 25 months ago']],
  ['usage_history', usage(12, 503), []],
  ['usage_token', next('a%2Fb'), ['as expected']],
  ['usage_token', next('a%252Fb'), ['encoded twice']],
  ['v5_rate_limit', {}, ['as expected']],
  ['v5_rate_limit', { status: 503, headers: { 'retry-after': '1' } }, []],
  ['v5_rate_limit', { headers: { 'x-rate-limit-remaining': '1' } }, ['rate limit headers']],
  ['v5_rate_limit', { headers: { ratelimit: '1' } }, ['rate limit headers']],
  ['v5_errors', { status: 403 }, []],
  ['v5_errors', { status: 404, text: '<html>' }, ['HTTP 404 with errors in another form']],
  ['token_life', token({}, { iat: 1_000, exp: 4_600 }), ['as expected']],
  ['token_life', token({}, { iat: 1_000, exp: 4_599 }), ['less than an hour']],
  ['token_life', token({}), []],
  ['assume_by_crn', assumed(200), ['as expected']],
  ['assume_by_crn', assumed(400, '{"errorCode":"BXNIM0399E"}'), ['HTTP 400']],
  ['assume_by_crn', assumed(400, '{"errorCode":"BXNIM0398E"}'), []],
  ['search_wildcard', searched([]), ['an empty first page']],
  ['search_end', searched([{}], 'c1'), ['as expected']],
  ['search_end', searched([{}]), ['a short page without a cursor']],
  ['search_end', searched([]), []],
  ['allowlist', { status: 200 }, ['as expected']],
  ['allowlist', { status: 410 }, ['HTTP 410']],
  ['allowlist', { status: 503 }, []],
  ['account_claim', token({}, { account: { bss: 'a'.repeat(32) } }), ['as expected']],
  ['account_claim', token({}), ['a token without the account']],
  ['hidden_rules', { status: 403 }, ['HTTP 403']],
  ['hidden_rules', { status: 200 }, []],
  ['reclamation_state', { body: { resources: [{ state: 'RESTORING' }] } }, ['another state']],
  ['token_life', token({ expires_in: 3_600 }), ['as expected']],
])('the probe %s, given %j, returns %j', (id, exchange, expected) => {
  expect(seen(id, exchange)).toEqual(expected);
});
