import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DateText } from './events.ts';

test('it formats dates like Date, in any order', () => {
  const dates = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(fc.array(dates), (all) => {
      const text = new DateText();
      for (const date of all) {
        expect(`${text.of(date.getTime(), true)}Z`).toBe(date.toISOString());
        expect(text.of(date.getTime(), false)).toBe(date.toISOString().slice(0, 19));
      }
    }),
  );
});
