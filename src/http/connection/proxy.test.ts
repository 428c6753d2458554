import { describe, expect, test } from 'vitest';
import { maskCredentials } from '../../text/credentials.ts';
import { proxyFor } from './proxy.ts';

const PROXY = 'http://proxy.example:3128';

test("proxyFor returns the proxy's variable, host and port", () => {
  expect(proxyFor('https://api.internal', { HTTPS_PROXY: PROXY, HTTP_PROXY: 'http://other.example' })).toEqual({
    variable: 'HTTPS_PROXY',
    origin: PROXY,
    host: 'proxy.example:3128',
    authorization: undefined,
  });
  expect(proxyFor('http://api.internal', { http_proxy: 'proxy.example', HTTP_PROXY: PROXY })).toMatchObject({
    variable: 'http_proxy',
    host: 'proxy.example:80',
  });
});

describe("a proxy's username and password", () => {
  test.each([
    ['http://me:s3cret@p:1', 'me:s3cret'],
    ['http://me:p%40ss%25@p:1', 'me:p@ss%'],
    ['http://me@p:1', 'me:'],
    ['me:s3cret@p:1', 'me:s3cret'],
  ])('the address %s contains the credentials %s', (address, pair) => {
    const basic = Buffer.from(pair).toString('base64');
    const proxy = proxyFor('https://api.internal', { HTTPS_PROXY: address });
    expect(proxy).toMatchObject({ authorization: `Basic ${basic}`, host: 'p:1' });
    expect(maskCredentials(`Basic ${basic}`)).toBe('Basic ****');
  });

  test.each(['http://me:100%@p:1', 'http://%zz:x@p:1', 'http://me:%e9@p:1'])(
    'the invalid credentials in %s cause an input error',
    (address) => {
      const open = (): unknown => proxyFor('https://api.internal', { HTTPS_PROXY: address });
      expect(open).toThrow(expect.objectContaining({ problem: 'input_unusable' }));
      expect(open).toThrow('write "%" as "%25".');
    },
  );
});

describe('NO_PROXY', () => {
  test.each([
    ['*', true],
    ['api.internal', true],
    ['API.internal', true],
    ['internal', true],
    ['.internal', true],
    ['*.internal', true],
    ['api.internal:443', true],
    ['other.example api.internal', true],
    ['other.example,,api.internal', true],
    ['api.internal:8443', false],
    ['pi.internal', false],
    ['api', false],
    ['www.api.internal', false],
    [',', false],
    ['', false],
  ])('NO_PROXY is matched by host name, domain and port (%j matches api.internal: %s)', (noProxy, exempt) => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: noProxy };
    expect(proxyFor('https://api.internal', env) === undefined).toBe(exempt);
  });

  test('the lowercase variable no_proxy takes precedence', () => {
    expect(proxyFor('https://api.internal', { HTTPS_PROXY: PROXY, no_proxy: 'x', NO_PROXY: '*' })).toBeDefined();
  });
});
