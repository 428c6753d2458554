import { describe, expect, test } from 'vitest';
import { answer, startServer } from '../../../test-support/unit/http.ts';
import { inputFile, openTap } from '../../../test-support/unit/singer.ts';
import { runTest } from './sync.ts';

const TOKEN = 'token-0123456789';
const ACCOUNTS = { _embedded: { accounts: [{ id: 'a1' }] } };
const BODIES: Record<string, unknown> = {
  '/v/accounts': ACCOUNTS,
  '/v/deployments': { _embedded: { deployments: [{ id: 'd1' }] } },
};

describe('the option --test', () => {
  test('reports on stderr that the config works, and prints nothing on stdout', async () => {
    const server = await startServer((_, response) => answer(response, 200, JSON.stringify(ACCOUNTS)));
    const tap = openTap();
    expect(await runTest(tap.context, [inputFile({ api_token: TOKEN, base_url: `${server.origin}/v` })])).toBe(0);
    expect(tap.log()).toContain('INFO accounts: readable');
    expect(tap.log().at(-1)).toBe('INFO the config works');
    expect(tap.stdout()).toBe('');
  });

  test('reports problems with the config', async () => {
    const server = await startServer((request, response) =>
      answer(response, 200, JSON.stringify(BODIES[request.url ?? ''] ?? {})),
    );
    const config = { api_token: TOKEN, base_url: `${server.origin}/v`, deployment_ids: ['f'.repeat(24)] };
    const tap = openTap();
    expect(await runTest(tap.context, [inputFile(config)])).toBe(1);
    expect(tap.log().at(-1)).toMatch(/^CRITICAL These deployment_ids were not found/);
    expect(tap.stdout()).toBe('');
  });
});
