import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StalledOutput } from '../../test-support/unit/output.ts';
import { MessageWriter } from './line-writer.ts';
import { printable } from './printable.ts';

const HEAD = Buffer.from('{"data":');
const TAIL = Buffer.from('}\n');
const same = (text: string): string => text;

/** From a few characters to more than a chunk holds, in every width that UTF-8 has. */
const line = fc
  .tuple(
    fc.constantFrom('x', 'é', '\u0085', '\u2028', '港', '🚢', '\ud800'),
    fc.constantFrom(1, 500, 11_000, 30_000, 70_000),
  )
  .map(([unit, times]) => JSON.stringify({ text: unit.repeat(times) }));

test('whatever the lines are made of and however long, they come out whole, printable and in their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
      const out = new StalledOutput();
      const writer = new MessageWriter(out, same, () => undefined);
      for (const each of lines) writer.record(HEAD, each, TAIL);
      writer.flush();
      await out.takeAll();
      expect(out.text === lines.map((each) => `{"data":${printable(each)}}\n`).join('')).toBe(true);
    }),
    { numRuns: 60 },
  );
});
