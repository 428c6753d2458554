import { expect, test } from 'vitest';
import { FakeApi, listBody } from '../../../test-support/unit/fake-api.ts';
import { compose } from './compose.ts';
import type { ComposeConfig } from './config.ts';

const ID = '5a2b4c6d8e0f12001300b001';
const config = (options: object = {}): ComposeConfig =>
  compose.config.parse({ name: 'compose', api_token: 'the-token', ...options });
const never = (): never => expect.fail('nothing is to happen');

test("the hint about the shutdown of Compose is shown only for Compose's own host", () => {
  const { address } = compose.connection(config());
  expect(compose.terms.hostHint?.(new URL(address).host)).toMatch(/shut down its API on March 1, 2023.*base_url/);
  expect(compose.terms.hostHint?.('compose.example.com')).toBeUndefined();
});

test('requests are sent to base_url with the token and accept JSON', async () => {
  const { address, auth, accept } = compose.connection(config({ base_url: 'https://compose.example.com/v/' }));
  expect(address).toBe('https://compose.example.com/v');
  expect(await auth.header(never)).toBe('Bearer the-token');
  expect(accept).toBe('application/hal+json, application/json');
});

test('streams share the config and the list of deployments', async () => {
  const api = new FakeApi({ deployments: listBody('deployments', [{ id: ID }, { id: 'other' }]) });
  const options = config({ deployment_ids: [ID], page_size: 20, include_connection_strings: true });
  const shared = compose.open(options, api);
  expect(shared).toMatchObject({ config: { page_size: 20, include_connection_strings: true } });
  expect((await shared.deployments()).rows).toEqual([{ id: ID }]);
  expect(api.logged).toEqual([]);
});
