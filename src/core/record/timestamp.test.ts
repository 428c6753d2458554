import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { msBefore, toUtcText, utcText } from './timestamp.ts';

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const moment = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T23:59:59.999Z'),
  noInvalidDate: true,
});
const offset = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });

describe('a valid time', () => {
  test.each([
    ['2016-12-16T15:00:14.922Z', '2016-12-16T15:00:14.922Z'],
    ['2017-08-30T12:46:29Z', '2017-08-30T12:46:29.000Z'],
    ['2017-01-05T15:23:46.853-05:00', '2017-01-05T20:23:46.853Z'],
    ['2017-01-05T15:23:46+0530', '2017-01-05T09:53:46.000Z'],
    ['2017-01-05 15:23:46 UTC', '2017-01-05T15:23:46.000Z'],
    ['2017-01-05t15:23:46z', '2017-01-05T15:23:46.000Z'],
    ['2017-01-05T15:23:46.1Z', '2017-01-05T15:23:46.100Z'],
    ['2017-01-05T15:23:46.123999999Z', '2017-01-05T15:23:46.123Z'],
    ['2017-01-05T15:23:46', '2017-01-05T15:23:46.000Z'],
    ['2017-01-05T15:23Z', '2017-01-05T15:23:00.000Z'],
    ['2024-10-04T14:05+0000', '2024-10-04T14:05:00.000Z'],
    ['2017-01-05', '2017-01-05T00:00:00.000Z'],
    [' 2017-01-05T15:23:46Z\n', '2017-01-05T15:23:46.000Z'],
    ['2016-02-29T00:00:00Z', '2016-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00.000Z', '2000-02-29T00:00:00.000Z'],
    ['2017-12-31T23:30:00-01:00', '2018-01-01T00:30:00.000Z'],
    ['9999-12-31T00:00:00Z', '9999-12-31T00:00:00.000Z'],
  ])('the time %j is converted to %s', (text, utc) => {
    expect(toUtcText(text)).toBe(utc);
  });
});

describe('an invalid time', () => {
  test.each([
    '',
    'yesterday',
    '0',
    '1534931783',
    '2017-02-29T00:00:00Z',
    '2017-02-29T00:00:00.000Z',
    '1900-02-29T00:00:00.000Z',
    '2017-04-31T00:00:00.000Z',
    '2017-13-01T00:00:00.000Z',
    '2017-00-01T00:00:00.000Z',
    '2017-01-00T00:00:00.000Z',
    '2017-01-01T24:00:00.000Z',
    '2017-01-01T23:60:00.000Z',
    '2017-01-01T23:59:60.000Z',
    '2017-01-01T23:59:59,000Z',
    '2017-01-01X23:59:59.000Z',
    '2017/01/01T23:59:59.000Z',
    '2017-01-01T23:59:59.00xZ',
    '2017-1-1',
    '2017-01-01T',
    '2017-01-01T12Z',
    '01/05/2017',
    'Wed, 22 Aug 2018 09:56:23 GMT',
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+010000-01-01T00:00:00.000Z',
  ])('the text %j is not a time', (text) => {
    expect(toUtcText(text)).toBeUndefined();
  });
});

test('any time keeps its value in every format that the API uses', () => {
  fc.assert(
    fc.property(moment, offset, (date, minutes) => {
      const utc = date.toISOString();
      expect(toUtcText(utc)).toBe(utc);
      const seconds = `${utc.slice(0, 19)}Z`;
      expect(toUtcText(seconds)).toBe(`${utc.slice(0, 19)}.000Z`);
      const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
      const zone = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
      expect(toUtcText(local + zone)).toBe(utc);
    }),
  );
});

test('any text is either rejected or converted to the canonical format', () => {
  const digit = fc.stringMatching(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?$/);
  fc.assert(
    fc.property(fc.oneof(digit, fc.string()), (text) => {
      const utc = toUtcText(text);
      if (utc === undefined) return;
      expect(utc).toMatch(CANONICAL);
      expect(new Date(utc).toISOString()).toBe(utc);
      expect(toUtcText(utc)).toBe(utc);
    }),
  );
});

test('msBefore subtracts milliseconds, but not beyond the year 0', () => {
  expect(msBefore('2018-08-22T00:00:00.000Z', 60_000)).toBe('2018-08-21T23:59:00.000Z');
  expect(msBefore('2018-08-22T00:00:00.000Z', 0)).toBe('2018-08-22T00:00:00.000Z');
  expect(msBefore('0000-01-01T00:00:01.000Z', 86_400_000)).toBe('0000-01-01T00:00:00.000Z');
});

test('utcText converts a Unix time', () => {
  expect(utcText(1_534_931_783_363)).toBe('2018-08-22T09:56:23.363Z');
});

function two(number: number): string {
  return String(Math.trunc(number)).padStart(2, '0');
}
