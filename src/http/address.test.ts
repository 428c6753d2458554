import { describe, expect, test } from 'vitest';
import { addressProblem, containerNote, isLoopback, normaliseAddress } from './address.ts';

const EXAMPLE = 'https://compose.example.com/2016-07';

describe('a valid address', () => {
  test.each([
    'https://api.compose.io/2016-07',
    'https://compose.example.com',
    'https://compose.example.com:8443/api/2016-07/',
    'https://203.0.113.5/x',
    // Plain HTTP is safe for these hosts, which are never outside the local network.
    'http://localhost:8080/2016-07',
    'http://127.0.0.1:8080',
    'http://127.9.9.9',
    'http://10.1.2.3',
    'http://172.16.0.1',
    'http://172.31.255.254',
    'http://192.168.178.20',
    'http://169.254.1.1',
    'http://[::1]:8080',
    'http://[fe80::1]',
    'http://[fd12:3456::1]',
    'http://sandbox',
    'http://sandbox.',
    'http://compose.localhost',
    'http://printer.local',
    'http://api.corp.internal',
    'http://API.Corp.INTERNAL.',
  ])('%s is accepted', (text) => {
    expect(addressProblem(text, EXAMPLE)).toBeUndefined();
  });
});

describe('an invalid address', () => {
  const httpsOnly = /^must begin with https:\/\/ \(plain HTTP is accepted only for/;
  test.each([
    ['', /^must be a URL such as /],
    ['api.compose.io/2016-07', /^must be a URL such as https:\/\/compose\.example\.com\/2016-07$/],
    ['localhost:8321/2016-07', /; for this private host, try http:\/\/$/],
    ['127.0.0.1:8321', /; for this private host, try http:\/\/$/],
    ['sandbox/2016-07', /; for this private host, try http:\/\/$/],
    ['a b', /^must be a URL such as /],
    ['https://', /^must be a URL such as /],
    ['ftp://localhost/2016-07', /^must begin with https:\/\/$/],
    ['file:///etc/passwd', /^must begin with https:\/\/$/],
    ['https://me:hunter2@compose.example.com', /^must not contain a username or password/],
    ['https://hunter2@compose.example.com', /^must not contain a username or password/],
    ['https://compose.example.com/?token=hunter2', /a query \(\?\) or a fragment \(#\)$/],
    ['https://compose.example.com/?', /a query \(\?\) or a fragment \(#\)$/],
    ['https://compose.example.com/#hunter2', /a query \(\?\) or a fragment \(#\)$/],
    ['https://compose.example.com/#', /a query \(\?\) or a fragment \(#\)$/],
    ['http://api.compose.io/2016-07', httpsOnly],
    ['http://8.8.8.8', httpsOnly],
    ['http://11.0.0.1', httpsOnly],
    ['http://172.15.0.1', httpsOnly],
    ['http://172.32.0.1', httpsOnly],
    ['http://192.169.0.1', httpsOnly],
    ['http://[2001:db8::1]', httpsOnly],
    ['http://[::ffff:10.0.0.1]', httpsOnly],
    ['http://localhost.example.com', httpsOnly],
    ['http://127.0.0.1.example.com', httpsOnly],
    ['http://10.example.com', httpsOnly],
    ['http://internal.example.com', httpsOnly],
    ['http://notinternal.com', httpsOnly],
    // 134744072 is the IPv4 address 8.8.8.8 written as a single number.
    ['http://134744072', httpsOnly],
  ])('%j is rejected', (text, problem) => {
    expect(addressProblem(text, EXAMPLE)).toMatch(problem);
    expect(addressProblem(text, EXAMPLE)).not.toContain('hunter2');
  });
});

test.each([
  ['  https://compose.example.com/2016-07/ \n', 'https://compose.example.com/2016-07'],
  ['https://compose.example.com//', 'https://compose.example.com'],
  ['https://COMPOSE.example.com:443/V', 'https://compose.example.com/V'],
])('the address %j is normalized to %s', (text, kept) => {
  expect(normaliseAddress(text)).toBe(kept);
});

test.each([
  ['localhost', true],
  ['localhost.', true],
  ['a.localhost', true],
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['[::1]', true],
  ['127.example.com', false],
  ['localhost.example.com', false],
  ['notlocalhost', false],
  ['10.0.0.1', false],
  ['[fe80::1]', false],
])('isLoopback("%s") returns %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});

test.each([
  ['localhost:8080', true],
  ['127.0.0.1', true],
  ['[::1]:8080', true],
  ['compose.localhost', true],
  ['localhost.example.com', false],
  ['10.0.0.1:8080', false],
])('only loopback hosts cause a note about containers (%s: %s)', (host, may) => {
  expect(containerNote(host)).toEqual(may ? expect.stringContaining('http://host.docker.internal') : undefined);
});

test('any number of trailing slashes is removed from an address', () => {
  const many = '/'.repeat(200_000);
  expect(normaliseAddress(`https://compose.example.com/x${many}`)).toBe('https://compose.example.com/x');
  expect(normaliseAddress(`https://compose.example.com${many}x`)).toMatch(/x$/);
});
