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
const secret = fc.string({ unit: character, minLength: 4, maxLength: 80 }).filter((text) => !text.includes('*'));
/** What stands before a secret, without the beginning of an escape that would take the secret for its end. */
const before = fc.string().map((text) => text.replace(/(?:[%\\&][#x0-9a-f]{0,5})+$/i, ''));
const after = fc.string().map((text) => text.replace(/^[#x0-9a-f]+/i, ''));

const jsonText = (text: string): string => JSON.stringify(text).slice(1, -1);
const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
const everyUnit = (text: string, write: (hex: string) => string): string =>
  Array.from({ length: text.length }, (_, i) => write(text.charCodeAt(i).toString(16))).join('');

const FORMS: Record<string, (secret: string, neighbour: string) => string> = {
  'as it is': (text) => text,
  'in JSON': jsonText,
  'in JSON in JSON': (text) => jsonText(jsonText(text)),
  'in JSON with slashes escaped': (text) => jsonText(text).replaceAll('/', '\\/'),
  'in JSON for pages': (text) => jsonText(text).replace(/[&<>'+=/]/g, (it) => everyUnit(it, (hex) => `\\u00${hex}`)),
  'in JSON of nothing but escapes': (text) => everyUnit(text, (hex) => `\\u${hex.padStart(4, '0')}`),
  'in JSON of nothing but escapes, in capitals': (text) =>
    everyUnit(text, (hex) => `\\u${hex.padStart(4, '0').toUpperCase()}`),
  'in a URL': encodeURIComponent,
  'in a URL, in small letters': (text) => encodeURIComponent(text).replace(/%../g, (it) => it.toLowerCase()),
  'in a URL in a URL': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in a URL of nothing but escapes': (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  'in a form': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'in a page': (text) => text.replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`),
  'in a page, in hexadecimal': (text) => everyUnit(text, (hex) => `&#x${hex};`),
  'in a page, by names': (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  'in base64': base64,
  'in base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'in base64 in JSON with slashes escaped': (text) => base64(text).replaceAll('/', '\\/'),
  'in base64 in a URL': (text) => encodeURIComponent(base64(text)),
  'in base64 in lines': (text) => base64(text).replace(/.{10}/g, '$&\n'),
  'in base64 behind a user': (text, user) => base64(`${user}:${text}`),
  'in base64 with more around': (text, more) => base64(`${more}${text}${more}`),
  'in JSON in base64': (text, more) => base64(JSON.stringify({ [more]: text })),
};

describe.each(Object.entries(FORMS))('a secret %s', (_, write) => {
  test('never shows, whatever stands around it and whatever other secrets there are', () => {
    fc.assert(
      fc.property(
        secret,
        fc.array(secret, { maxLength: 2 }),
        fc.string(),
        before,
        after,
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

test('the order in which secrets are added does not matter', () => {
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1 }), fc.string(), fc.array(fc.nat()), (secrets, between, picks) => {
      const text = picks.map((pick) => secrets[pick % secrets.length]).join(between);
      expect(redact(text, ...secrets)).toBe(redact(text, ...secrets.toReversed(), ...secrets));
    }),
  );
});

test('a text without a secret stays as it is, whatever is in it', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.webUrl(), fc.base64String(), fc.lorem());
  fc.assert(
    fc.property(fc.array(piece), fc.uuid(), fc.uuid(), (pieces, known, other) => {
      const text = [...pieces, other, ...pieces].join(' ').replaceAll('@', '');
      expect(redact(text, known)).toBe(text);
      expect(redact(`${text} ${known} ${text}`, known)).toBe(`${text} **** ${text}`);
    }),
  );
});

test.each([
  ['tags', 'tok-<wbr>0123<b>4567</b>', '****</b>'],
  ['a line break in a page', 'tok-0123<br/>\n4567', '****'],
  ['tags with escapes', 'tok-&#48;123<wbr>4567', '****'],
  ['white space', 'tok-\n 0123 4567', '****'],
  ['what may be broken in a page', 'tok-\u00ad0123\u200b4567', '****'],
])('a secret is known though it is torn by %s', (_, torn, result) => {
  expect(redact(`the token ${torn}!`, 'tok-01234567')).toBe(`the token ${result}!`);
});

test('words that only make a short secret together are none', () => {
  expect(redact('the requests are stopped', 'rest')).toBe('the requests are stopped');
});

describe('what a cut has left of a secret does not show', () => {
  const token = 'tok-"0123456789/abcdef+0123456789=abcdef-0123456789&abcdef';

  test.each(Object.keys(FORMS))('%s', (name) => {
    const write = FORMS[name] as (secret: string, neighbour: string) => string;
    const whole = write(token, 'user');
    // Three characters of a secret tell nothing; in what form they are, does not matter then.
    const shortest = write(token.slice(0, 4), 'user').length + 4;
    for (let kept = shortest; kept < whole.length; kept += 1) {
      const result = redact(`it says ${whole.slice(0, kept)}…`, token, 'another secret');
      expect(result, whole.slice(0, kept)).toMatch(/^it says [^\s*]{0,12}\*{4}[^]{0,8}…$/);
    }
  });

  test('but what is whole, and no beginning of one, does', () => {
    const text = 'it says tok- and tok-0 too: see https://example.com/errors, and then …';
    expect(redact(text, token)).toBe(text);
    expect(redact('a hunter2 says so…', 'hunter2')).toBe('a **** says so…');
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

describe('whatever the length', () => {
  const SIZE = 1_000_000;

  test.each([
    ['a://', 'a://b:', 'a:b@', 'a://b:c@', '@', ':'],
    ['\\', '\\"', '\\u005c', '\\u005cu005c', '\\u{5c}'],
    ['%', '%25', '%2525', '%c3', '%c3%bc', '+', '%+'],
    ['&', '&amp;', '&amp;amp;', '&#38;', '&#', 'Ã¼'],
    ['<', '>', '<a', '<a>', '</', '<!--'],
    [' ', '\n', ' a', ' +', '\u00ad'],
    ['A', 'YWFh', 'aaaa', 'a', 'tok-', '…', 'tok-…', 'aaa…'],
  ])('a text of many %j, %j, … takes time by its length', (...pieces) => {
    const redactor = new Redactor();
    redactor.add('tok-0123456789');
    // Secrets of every length that all begin in the same way.
    for (let length = 4; length < 60; length += 1) redactor.add(`${'a'.repeat(length)}!`);
    for (const piece of pieces) {
      const text = piece.repeat(SIZE / pieces.length / piece.length);
      expect(redactor.redact(`${text} tok-0123456789`)).toMatch(/\*{4}$/);
    }
  });

  test('a secret of hundreds of kilobytes is one like any other', () => {
    const key = Array.from({ length: 50_000 }, (_, i) => (i * 7919).toString(36)).join('+');
    expect(redact(`${key} and ${jsonText(key)}, ${base64(key)}`, key)).toBe('**** and ****, ****');
    expect(redact(`it says ${key.slice(0, 5_000)}…`, key)).toBe('it says ****…');
  });

  test('thousands of secrets, with a text behind each, cost a little each', () => {
    const redactor = new Redactor();
    for (let i = 0; i < 20_000; i += 1) {
      redactor.add(`postgres://admin:${i}-password-${i}@portal-${i}.example.com:17000/compose`);
      expect(redactor.redact(`debug ${i}`)).toBe(`debug ${i}`);
    }
    expect(redactor.redact('postgres://admin:7-password-7@portal-7.example.com:17000/compose')).toBe('****');
  });
});
