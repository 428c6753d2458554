import { expect, test } from 'vitest';
import { Redactor } from './protocol/redact.ts';
import { proxySecrets } from './proxy-secrets.ts';

function shown(text: string, env: Record<string, string | undefined>): string {
  const redactor = new Redactor();
  for (const secret of proxySecrets(env)) redactor.add(secret);
  return redactor.redact(text);
}

const basic = (login: string): string => `Proxy-Authorization: Basic ${Buffer.from(login).toString('base64')}`;

test.each(['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy'])(
  'the login in %s does not show, neither in its header nor bare',
  (name) => {
    const env = { [name]: 'http://squid:hunter2@proxy.example.com:3128' };
    expect(shown(`no access: ${basic('squid:hunter2')}`, env)).toBe('no access: Proxy-Authorization: Basic ****==');
    expect(shown('squid says hunter2 to proxy.example.com', env)).toBe('squid says **** to proxy.example.com');
  },
);

test.each([
  ['with escapes', 'http://us%40er:p%2Fss%3Aword@proxy:3128', 'us@er:p/ss:word'],
  ['without a scheme', 'squid:hunter2@proxy:3128', 'squid:hunter2'],
  ['with an @ in the password', 'http://squid:hunter@2@proxy:3128', 'squid:hunter@2'],
  ['with a short password', 'http://squid:pw@proxy:3128', 'squid:pw'],
  ['with a user alone', 'http://key-0123456789@proxy:3128', 'key-0123456789'],
  ['with broken escapes', 'http://squid:100%sure@proxy:3128', 'squid:100%sure'],
  ['that is no address', 'http://squid:hunter2@:::', 'squid:hunter2'],
])('an address %s', (_, address, login) => {
  const text = shown(`${basic(login)} ${login}`, { HTTPS_PROXY: address });
  expect(text).toMatch(/^Proxy-Authorization: Basic \*{4}=* \*{4}$/);
});

test('where there is no login there is no secret', () => {
  const env = {
    HTTP_PROXY: 'http://proxy:3128',
    HTTPS_PROXY: '',
    NO_PROXY: 'me@host',
    HOME: 'a:b@c',
    http_proxy: undefined,
  };
  expect(proxySecrets(env)).toEqual([]);
});
