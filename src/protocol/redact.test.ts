import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from './redact.ts';

function redact(text: string, ...secrets: string[]): string {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor.redact(text);
}

test.each([
  ['no secret is known', 'hunter2', []],
  ['shorter ones would mask half of every text', 'id: the id', ['id', '', 'the']],
])('nothing is masked where %s', (_, text, secrets) => {
  expect(redact(text, ...secrets)).toBe(text);
});

test('every place is masked, and nothing else', () => {
  expect(redact('Bearer hunter2, hunter2; hunter1', 'hunter2')).toBe('Bearer ****, ****; hunter1');
});

test('a secret counts from the moment it is added', () => {
  const redactor = new Redactor();
  redactor.add('first');
  expect(redactor.redact('first second')).toBe('**** second');
  redactor.add('second');
  expect(redactor.redact('first second')).toBe('**** ****');
});

test.each([[['pass', 'password']], [['password', 'pass']]])('of %j the longer goes first', (secrets) => {
  expect(redact('password passing', ...secrets)).toBe('**** ****ing');
});

test('what is special in a pattern is not special in a secret', () => {
  expect(redact('a.+b$ aXXb', 'a.+b$')).toBe('**** aXXb');
});

test('percent escapes are found in either case', () => {
  expect(redact('q=a%2fb%3D q=a%2Fb%3d', 'a/b=')).toBe('q=**** q=****');
});

const character = fc.oneof(
  ...(['grapheme-ascii', 'binary'] as const).map((unit) => fc.string({ unit, minLength: 1, maxLength: 1 })),
);
/** No asterisk: the mask itself is made of them. */
const secret = fc.string({ unit: character, minLength: 4, maxLength: 24 }).filter((text) => !text.includes('*'));

const jsonText = (text: string): string => JSON.stringify(text).slice(1, -1);
const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');

const FORMS: Record<string, (secret: string, neighbour: string) => string> = {
  'as it is': (text) => text,
  'in JSON': jsonText,
  'in JSON in JSON': (text) => jsonText(jsonText(text)),
  'in a URL': encodeURIComponent,
  'in a form': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'in base64': base64,
  'in base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'in base64 behind a user': (text, user) => base64(`${user}:${text}`),
  'in base64 with more around': (text, more) => base64(`${more}${text}${more}`),
};

describe.each(Object.entries(FORMS))('a secret %s', (_, write) => {
  test('never shows, whatever stands around it and whatever other secrets there are', () => {
    fc.assert(
      fc.property(
        secret,
        fc.array(secret, { maxLength: 2 }),
        fc.string(),
        fc.string(),
        fc.string(),
        (it, others, user, before, after) => {
          const shown = write(it, user);
          const result = redact(before + shown + after, ...others, it, ...others.map((other) => other + it));
          expect(result).not.toContain(shown);
          expect(result).toContain('****');
        },
      ),
    );
  });
});

describe('a password in a URL', () => {
  test.each([
    ['postgres://admin:hunter2@host:17000/compose', 'postgres://admin:****@host:17000/compose'],
    ['redis://:hunter2@host', 'redis://:****@host'],
    ['mongodb+srv://a:b@h1:1,h2:2/x?ssl=true.', 'mongodb+srv://a:****@h1:1,h2:2/x?ssl=true.'],
    ['{"url":"amqps://u:p@h","n":1}', '{"url":"amqps://u:****@h","n":1}'],
    ['from HTTP://A:B@C to http://a:b@c', 'from HTTP://A:****@C to http://a:****@c'],
    ['https://host:8443/path at 10:00, mail me@host', 'https://host:8443/path at 10:00, mail me@host'],
    ['https://me@host/a:b', 'https://me@host/a:b'],
  ])('%s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  test('never shows, whatever is in it', () => {
    const chars = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\s"<>]/.test(text));
    const user = fc.stringMatching(/^[A-Za-z0-9.@%'_-]*$/);
    const scheme = fc.stringMatching(/^[A-Za-z][a-z0-9+.-]{0,12}$/);
    fc.assert(
      fc.property(
        scheme,
        user,
        chars,
        fc.domain(),
        fc.constantFrom('', '"', ': '),
        (name, who, password, host, near) => {
          const start = `cannot connect to ${near}${name}://${who}:`;
          expect(redact(`${start}${password}@${host}/x${near} now`)).toBe(`${start}****@${host}/x${near} now`);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['white space drawn together', 'my  secret\ttoken', 'my secret token'],
  ['JSON that keeps to ASCII', 'geheim-\u00fc-\u00df', 'geheim-\\u00fc-\\u00df'],
  ['JSON that keeps to ASCII, in capitals', 'geheim-\u00fc-\u00df', 'geheim-\\u00FC-\\u00DF'],
  ['a URL that leaves slashes alone', 'ab/cd+ef==', 'ab/cd%2Bef%3D%3D'],
])('%s is a form of a secret too', (_, secret, form) => {
  const redactor = new Redactor();
  redactor.add(secret);
  expect(redactor.redact(`before ${form} after`)).toBe('before **** after');
});
