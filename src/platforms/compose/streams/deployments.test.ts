import { describe, expect, test } from 'vitest';
import { openRun } from '../../../../test-support/unit/reads.ts';
import { deployments } from './deployments.ts';

/** The texts that are kept out of every log once these connection strings are read. */
function secrets(connectionStrings: unknown): string[] {
  if (deployments.detail?.secrets === undefined) throw new Error('without secrets');
  return deployments.detail.secrets({ connection_strings: connectionStrings });
}

describe('the passwords in connection strings are found', () => {
  test.each([
    ['postgres://admin:hunter2@portal.example.com:17000/compose'],
    ['redis://:hunter2@portal.example.com:17000'],
    ['https://me@example.com:hunter2@portal.example.com:17000/compose'],
    ['mongodb://admin:hunter2@a.example.com:17000,b.example.com:17001/compose?ssl=true'],
    ['amqps://admin:hunter2@portal.example.com:17000/compose amqps://admin:hunter2@other.example.com'],
    ["curl 'https://admin:hunter2@portal.example.com:17000/'"],
    ['mongo --ssl portal.example.com:17000/compose -u admin -p hunter2 --authenticationDatabase admin'],
    ['mongo portal.example.com -u admin --password hunter2'],
    ['mysql -u admin --password=hunter2 --host portal.example.com'],
    ['mysql -u admin -phunter2 --host portal.example.com --port 17000 --ssl-mode=REQUIRED'],
    ['redis-cli -h portal.example.com -p 17000 -a hunter2'],
    ["PGPASSWORD='hunter2' psql"],
    ['PGPASSWORD=hunter2 psql "sslmode=require host=portal.example.com"'],
    ['psql "sslmode=require host=portal.example.com password=hunter2 user=admin"'],
    ['curl -u admin:hunter2 https://portal.example.com:17000'],
    ['etcdctl --endpoints https://portal.example.com --user=root:hunter2 get /'],
    ['rabbitmqadmin --username=admin --password="hunter2" list queues'],
  ])('%s', (text) => {
    expect(secrets({ cli: [text] })).toContain('hunter2');
  });

  test('wherever they stand: in lists, in objects, in plain texts as the API once gave them', () => {
    const strings = {
      direct: ['redis://x:first@host'],
      maps: [{ address: 'redis://x:second@host' }],
      misc: { more: { admin: 'redis://x:third@host' } },
      ssh: null,
      health: [],
      admin: 7,
    };
    expect(secrets(strings)).toEqual(expect.arrayContaining(['first', 'second', 'third']));
  });

  test('also as they are without the escapes of a URL', () => {
    expect(secrets({ direct: ['redis://x:p%40ss%2Fword@host'] })).toEqual(
      expect.arrayContaining(['p%40ss%2Fword', 'p@ss/word']),
    );
    expect(secrets({ direct: ['redis://x:100%sure@host'] })).toContain('100%sure');
  });
});

test('where there is no password, no port and no usual word becomes a secret, but the addresses do', () => {
  const askedFor = [
    'mysql -u admin -p --host portal.example.com --port 17000',
    'redis-cli -h portal.example.com -p 17000',
  ];
  const without = ['psql "sslmode=require host=portal.example.com port=17000 dbname=compose user=admin"'];
  const direct = ['https://portal.example.com:17000/x', 'scylla.example.com:17000'];
  for (const secret of secrets({ cli: [...without, ...askedFor], direct })) {
    expect(secret).toMatch(/(?:portal|scylla)\.example\.com/);
  }
  expect(
    secrets({ cli: ['mysql -u admin -p --host localhost --port 17000', 'mongo localhost:17000/compose'] }),
  ).toEqual([]);
  for (const none of [undefined, null, {}, [], '']) expect(secrets(none)).toEqual([]);
});

test('the details are asked for by id, and are the two fields that hold secrets', () => {
  expect(deployments.detail).toMatchObject({ fields: ['connection_strings', 'ca_certificate_base64'] });
  expect(deployments.detail?.request({ id: '5a2b/?' }, openRun().run.shared)).toEqual({
    path: 'deployments/5a2b%2F%3F',
  });
});

test.each([true, false])('the details are wanted if the user includes connection strings: %s', (wanted) => {
  const shared = openRun({ includeConnectionStrings: wanted }).run.shared;
  expect(deployments.detail?.wanted(shared)).toBe(wanted);
});

test('an error in a 200 is not taken for details without any', () => {
  expect(() => deployments.detail?.values({ errors: 'gone' }, { path: 'deployments/d1' })).toThrow(
    'The API answered deployments/d1',
  );
});
