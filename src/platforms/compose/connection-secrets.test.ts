import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../core/redact.ts';
import { connectionSecrets } from './connection-secrets.ts';

/** A text for people, once these connection strings are read. */
function shown(text: string, connectionStrings: unknown): string {
  const redactor = new Redactor();
  for (const secret of connectionSecrets(connectionStrings)) redactor.add(secret);
  return redactor.redact(text);
}

/** How a password, here %, may be spelled in a connection string. */
const SPELLINGS = [
  'postgres://admin:%@portal.example.com:17000/compose',
  'postgres://admin@example.com:%@portal.example.com:17000/compose',
  'redis://:%@portal.example.com:17000',
  'mongodb://admin:%@a.example.com:17000,b.example.com:17001/compose?authSource=admin&ssl=true',
  'amqps://admin:%@portal.example.com:17000/compose amqps://admin:%@other.example.com',
  'amqps://admin:%@portal.example.com:17000,amqps://admin:%@other.example.com:17000',
  'jdbc:mysql://portal.example.com:17000/compose?user=admin&password=%',
  'https://portal.example.com:17000/?user=admin&pass=%&ssl=true',
  'https://portal.example.com:17000/?token=%',
  'admin:%@tcp(portal.example.com:17000)/compose',
  'Server=portal.example.com;Port=17000;Uid=admin;Pwd=%;',
  'Server=portal.example.com; Password=%; Database=compose',
  'Password = % ; Server = portal.example.com',
  'host=portal.example.com password=% user=admin',
  `host=portal.example.com password='%' user=admin`,
  'psql "sslmode=require host=portal.example.com password=% user=admin"',
  'PGPASSWORD=% psql',
  `PGPASSWORD='%' psql`,
  'export PGPASSWORD="%"; psql',
  'MYSQL_PWD=% mysql -u admin',
  'REDISCLI_AUTH=% redis-cli -h portal.example.com',
  'REDISCLI_AUTH="%" redis-cli -h portal.example.com',
  'redis-cli -h portal.example.com -p 17000 -a %',
  'redis-cli -h portal.example.com --pass %',
  'mysql -u admin -p% --host portal.example.com',
  `mysql -u admin -p'%' --host portal.example.com`,
  'mysql -u admin --password=% --host portal.example.com',
  'mongo portal.example.com:17000/compose -u admin -p % --authenticationDatabase admin',
  'mongo portal.example.com:17000/compose -u admin --password "%"',
  'curl -u admin:% https://portal.example.com:17000',
  'curl --user "admin:%" https://portal.example.com:17000',
  'etcdctl --user=root:% get /',
  'rabbitmqadmin --username=admin --password="%" list queues',
  'cqlsh -u admin -p % portal.example.com',
  'AUTH %',
  'requirepass %',
  'password: %',
  'Password:%',
  'user: admin\npassword: %\n',
  'passphrase => "%"',
  '{"password":"%"}',
  '{"password": "%", "user": "admin"}',
  `{'password': '%'}`,
  '{password:%}',
  '<user>admin</user><password>%</password>',
  '"{\\"password\\":\\"%\\"}"',
  '("portal.example.com", 17000, {auth: "%"})',
];

describe.each(SPELLINGS)('%s', (spelling) => {
  test.each([
    ['a password', 'hunter2hunter2'],
    ['one that is a word of connection strings', 'admin'],
    ['one that looks like a port', '17000'],
    ['one with delimiters in it', 'ab=cd:12?ef'],
  ])('with %s', (_, password) => {
    const strings = { cli: [spelling.replaceAll('%', password)] };
    expect(shown(`the password is ${password} !`, strings)).toBe('the password is **** !');
  });
});

test.each([
  ['bare, in a list', ['hunter2hunter2']],
  ['bare, in a text', 'hunter2hunter2'],
  ['bare, in an object', { misc: { more: [{ any: 'hunter2hunter2' }] } }],
  ['behind a word', { misc: 'Bearer hunter2hunter2' }],
  ['as a user', { direct: ['redis://hunter2hunter2@portal.example.com'] }],
  ['as a part of a path', { direct: ['https://portal.example.com/hunter2hunter2/x'] }],
  ['with escapes', { direct: ['redis://x:hunter2%68unter2@portal.example.com'] }],
  ['with escapes all around', { direct: ['user%3Dadmin%26x%3Dhunter2hunter2'] }],
])('a secret counts %s', (_, strings) => {
  expect(shown('hunter2hunter2', strings)).toBe('****');
});

test('what a key calls a password is one, whatever it is', () => {
  const strings = { misc: { password: 'admin', pin_token: 123456, user: 'root', port: 17000 } };
  expect(shown('admin 123456 root 17000', strings)).toBe('**** **** root 17000');
});

test('a log stays readable: ports and the words that connection strings are made of are no secrets', () => {
  const strings = SPELLINGS.map((spelling) => spelling.replaceAll('%', 'hunter2hunter2'));
  const text =
    'GET deployments/5a2b/roles of https://api.compose.io:443: HTTP 400 ("the user admin of the postgres database compose has no password on port 17000, sslmode require, --host localhost"); mongo, mysql, redis-cli and psql use ssl';
  expect(shown(text, strings)).toBe(text);
});

describe('whatever the size', () => {
  test.each([
    ['names of passwords', 'password='],
    ['names without a value', '-p='],
    ['names of users', '-u='],
    ['quotes', `"'`],
    ['escaped quotes', '\\"'],
    ['addresses', 'a://b:c@'],
    ['schemes', '://'],
    ['at signs', '@'],
    ['escapes', '%41'],
    ['broken escapes', '%ff'],
    ['lists', '['],
    ['space', ' '],
    ['letters', 'a'],
  ])('many %s take time and room by their length', (_, piece) => {
    const text = piece.repeat(500_000 / piece.length);
    const secrets = connectionSecrets({ direct: [text, `password=${text}`, `${text}!`] });
    expect(secrets.join('').length).toBeLessThan(60 * text.length);
  });

  test('a deep list does not end the process', () => {
    let strings: unknown = 'hunter2hunter2';
    for (let depth = 0; depth < 100_000; depth += 1) strings = [strings];
    expect(connectionSecrets(strings)).toContain('hunter2hunter2');
  });
});

test('no part of a text that is random shows', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.constantFrom(...`:/@?&=,;{}<>[]() "'`.split('')))), (parts) => {
      const text = parts.flat().join('');
      for (const [part] of parts) expect(shown(`it·is·${part}·then`, { direct: [text] })).toBe('it·is·****·then');
    }),
  );
});
