import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNCOERCIBLE, coerce } from './normalise.ts';
import type { FieldKind } from '../stream/fields.ts';

const KINDS: FieldKind[] = ['text', 'integer', 'number', 'boolean', 'timestamp', 'object', 'list'];
const LIST = ['a'];
const OBJECT = { a: 1 };

describe('values that fit or can be converted without loss', () => {
  test.each<[FieldKind, unknown, unknown]>([
    ['text', 'aws', 'aws'],
    ['text', 12, '12'],
    ['text', 0.5, '0.5'],
    ['text', false, 'false'],
    ['integer', 3, 3],
    ['integer', '3', 3],
    ['integer', ' 12 ', 12],
    ['integer', '3.0', 3],
    ['integer', '1e3', 1_000],
    ['integer', '', null],
    ['number', 31.25, 31.25],
    ['number', '31.25', 31.25],
    ['number', '-.5', -0.5],
    ['number', '', null],
    ['boolean', true, true],
    ['boolean', 'true', true],
    ['boolean', ' False ', false],
    ['timestamp', '2017-01-05T15:23:46.853-05:00', '2017-01-05T20:23:46.853Z'],
    ['object', OBJECT, OBJECT],
    ['list', LIST, LIST],
  ])('conversion to %s turns %j into %j', (kind, value, result) => {
    expect(coerce(value, kind)).toBe(result);
  });

  test.each(KINDS)('null and undefined become null in a field of the type %s', (kind) => {
    expect(coerce(null, kind)).toBeNull();
    expect(coerce(undefined, kind)).toBeNull();
  });
});

describe('values that do not fit', () => {
  test.each<[FieldKind, unknown[]]>([
    ['text', [2 ** 53, OBJECT, LIST]],
    ['integer', [1.5, 2 ** 53, '-1e21', '1.5', 'three', true, LIST]],
    ['number', ['0x10', '1,5', 'NaN', 'Infinity', '1e999', Infinity, '.', '1 2', false]],
    ['boolean', [1, 'yes', '', OBJECT]],
    ['timestamp', [1_534_931_783, '', 'yesterday', LIST]],
    ['object', [LIST, 'a', 1]],
    ['list', [OBJECT, 'a']],
  ])('conversion to %s fails for each of %j', (kind, values) => {
    for (const value of values) expect(coerce(value, kind), String(value)).toBe(UNCOERCIBLE);
  });
});

test('a converted value is valid for its type, and converting it again changes nothing', () => {
  const likely = fc.constantFrom<unknown>(
    'true',
    ' 7 ',
    '1e400',
    '-0',
    '',
    '2017-08-30T12:46:29Z',
    '2017-02-30',
    '9'.repeat(400),
  );
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), fc.oneof(fc.jsonValue(), likely), (kind, value) => {
      const result = coerce(value, kind);
      if (result === UNCOERCIBLE || result === null) return;
      expect(isOf(kind, result)).toBe(true);
      expect(coerce(result, kind)).toBe(result);
    }),
    { numRuns: 1_000 },
  );
});

test('any number sent as text keeps its value, and numbers below 2^53 and booleans can be converted to text', () => {
  fc.assert(
    fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.boolean(), (number, truth) => {
      expect(coerce(String(number), 'number')).toBe(Number(String(number)));
      if (Math.abs(number) < 2 ** 53) expect(coerce(number, 'text')).toBe(String(number));
      expect(coerce(String(truth), 'boolean')).toBe(truth);
      expect(coerce(truth, 'text')).toBe(String(truth));
    }),
  );
});

function isOf(kind: FieldKind, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'timestamp':
      return typeof value === 'string' && new Date(value).toISOString() === value;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'list':
      return Array.isArray(value);
  }
}
