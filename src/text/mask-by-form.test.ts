import { describe, expect, test } from 'vitest';
import { maskByForm } from './mask-by-form.ts';

describe('a secret', () => {
  test.each([
    ['password=hunter2', 'password=****'],
    ['db.password: Hunter2', 'db.password: ****'],
    ['{"password":"hunter 2","user":"me"}', '{"password":****,"user":"me"}'],
    [String.raw`"secret" => "hun\"ter2", ok`, '"secret" => ****, ok'],
    ["PGPASSWORD='hunter2' psql", 'PGPASSWORD=**** psql'],
    ['api_key=abc&limit=10', 'api_key=****&limit=10'],
    ["ALTER USER me WITH PASSWORD 'hunter2'", 'ALTER USER me WITH PASSWORD ****'],
    ['Authorization: Bearer a1b2c3', 'Authorization: Bearer ****'],
    ['Proxy: Basic bWU6aHVudGVyMg==', 'Proxy: Basic ****'],
    ['X-Auth-Token: x7y/9z', 'X-Auth-Token: ****'],
  ])('a secret is recognized by the name before it: %s', (text, masked) => {
    expect(maskByForm(text)).toBe(masked);
  });

  test.each([
    ['mongo --password hunter2 --ssl', 'mongo --password **** --ssl'],
    ['redis-cli -h host -p 17000 -a hunter2', 'redis-cli -h host -p 17000 -a ****'],
    ['curl -u admin:hunter2 https://host', 'curl -u admin:**** https://host'],
  ])('a secret is recognized by the option before it: %s', (text, masked) => {
    expect(maskByForm(text)).toBe(masked);
  });

  test.each([
    ['postgres://admin:hunter2@host:17000/db', 'postgres://****@host:17000/db'],
    ['redis://:hunter2@host', 'redis://****@host'],
    ['mongodb://a:p@ss/w#rd@h1:1,h2:2/x', 'mongodb://****@h1:1,h2:2/x'],
    ['https://me@example.com:hunter2@host:17000/db', 'https://****@host:17000/db'],
    ['https://ghp-1@host/x.git', 'https://****@host/x.git'],
  ])('a secret is recognized by its position in a URL: %s', (text, masked) => {
    expect(maskByForm(text)).toBe(masked);
  });

  test.each([
    ['a token 3Jx8p9L2mzR8cNt5QWvk4D7y is', 'a token **** is'],
    ['key sk_live_x7Pq2mzR8cNt5QWv4D', 'key ****'],
    ['/v1/0123456789abcdef0123456789abcdef/x', '/v1/****/x'],
    ['AKIAIOSFODNNSEXAMPLEX', '****'],
  ])('a secret is recognized by its characters: %s', (text, masked) => {
    expect(maskByForm(text)).toBe(masked);
  });
});

test.each([
  'password: is too short, secret: must be set',
  'token_type=Bearer, auth: required, key: deployment_id',
  'token: 0f7f9a5c-2a3b-4c5d-8e9f-0a1b2c3d4e5f',
  'no deployment 0f7f9a5c-2a3b-4c5d-8e9f-0a1b2c3d4e5x',
  'Basic authentication failed for user',
  'https://host:8443/path at 10:00, mail me@host',
  'psql -p 17000 -w --ssl',
  'crn:v1:bluemix:public:databases-for-redis:us-south:a/0123456789abcdef0123456789abcdef:0f7f9a5c-2a3b-4c5d-8e9f-0a1b2c3d4e5f::',
  'v5/ibm/deployments/crn%3Av1%3Aa%2F0123456789abcdef0123456789abcdef%3A0f7f9a5c-2a3b-4c5d-8e9f-0a1b2c3d4e5f%3A%3A/backups',
  'deployments/5a2b4c6d8e0f12001300b001/backups, trace: 0123456789abcdef0123456789abcdef',
  'com.ibm.cloud.ResourceInstanceController.getResourceInstanceById at GetAddrInfoReqWrap.onlookupall',
  '0f7f9a5c-2a3b-4c5d-8e9f-0a1b2c3d4e5f.bkvfu0nd0m8k95k94ujg.databases.appdomain.cloud',
  'from 2026-11-26T18:48:24.123Z to 2026-11-26T18%3A48%3A24Z, image sha256:0123456789012345678901234567890123456789',
])('useful text is not masked: %s', (text) => {
  expect(maskByForm(text)).toBe(text);
});
