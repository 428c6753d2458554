import { onTestFinished, expect, test } from 'vitest';
import { answer, clientOptions, startServer } from '../../test-support/unit/http.ts';
import { ConnectorError } from '../core/failure/errors.ts';
import { AccountClients } from './account-clients.ts';
import type { Auth } from './auth.ts';

/** Credentials whose `Authorization` header is always the same, even after a renewal. */
function fixed(header: string): Auth {
  return { header: () => header, meaningOf: async () => 'renewed' };
}

/** Two servers that reject the token of account b, and clients for the accounts a and b. */
async function open() {
  const origins = await Promise.all(
    ['one', 'two'].map(() =>
      startServer(({ headers }, response) => {
        if (headers.authorization === 'b') answer(response, 401, '{}');
        else answer(response, 200, '{"id":1}');
      }),
    ),
  );
  const told: unknown[] = [];
  const clients = new AccountClients({
    ...clientOptions(),
    accounts: ['a', 'b'].map((id) => ({ id, auth: fixed(id), facts: { token: `profile of ${id}` } })),
    onCredentialsRejected: (error) => told.push(error),
  });
  onTestFinished(() => clients.close());
  const get = (account: string, at: number): Promise<unknown> =>
    clients
      .of(account)
      .get({ account, origin: origins[at]?.origin ?? '', path: 'things' }, 'stream')
      .catch((thrown: unknown) => thrown);
  const authorization = (account: string): Promise<string> => clients.of(account).authorization('stream');
  return { get, authorization, told, origins };
}

test('rejected tokens end the requests for their account, but neither the sync nor the requests for other accounts', async () => {
  const { get, authorization, told, origins } = await open();
  expect(await get('b', 0)).toMatchObject({ problem: 'token_rejected' });
  expect(await get('b', 1)).toMatchObject({ problem: 'token_rejected' });
  const before = origins.flatMap(({ requests }) => requests).length;
  expect(await get('b', 1)).toBeInstanceOf(ConnectorError);
  expect(origins.flatMap(({ requests }) => requests)).toHaveLength(before);
  await expect(authorization('b')).rejects.toMatchObject({ problem: 'token_rejected' });
  expect(await get('a', 0)).toEqual({ id: 1 });
  expect(await get('a', 1)).toEqual({ id: 1 });
  expect(told).toEqual([]);
});

test("an account's errors name its credentials", async () => {
  const { get } = await open();
  expect(String(await get('b', 0))).toContain('profile of b');
});
