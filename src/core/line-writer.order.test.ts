import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StalledOutput } from '../../test-support/unit/output.ts';
import { MessageWriter } from './line-writer.ts';

type Step = { record: number; unit: string } | 'send' | 'flush' | 'ready' | 'take' | 'hurry' | 'stall';

/** Records that fit by the hundred into a chunk, and such as fill one alone. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .oneof(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 15_000, max: 70_000 }))
    .map((record) => ({ record, unit: record % 2 === 0 ? 'x' : 'ü' })),
  fc.constantFrom('send', 'flush', 'ready', 'take', 'hurry', 'stall'),
);

test('whatever several tasks write comes whole and in order, however slowly it is taken', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step), { maxLength: 4 }), async (tasks) => {
      const out = new StalledOutput();
      const writer = new MessageWriter(
        out,
        (text) => text,
        () => undefined,
      );
      const lines: string[] = [];
      const run = async (steps: Step[]): Promise<void> => {
        for (const each of steps) {
          if (each === 'hurry' || each === 'stall') out.prompt = each === 'hurry';
          else if (each === 'flush') writer.flush();
          else if (each === 'take') out.takeOne();
          else if (each === 'ready') await writer.ready();
          else if (each === 'send') {
            const message = { type: 'LOG', log: { level: 'INFO', message: `number ${lines.length}` } } as const;
            lines.push(JSON.stringify(message) + '\n');
            writer.send(message);
          } else {
            const record = JSON.stringify({ number: lines.length, text: each.unit.repeat(each.record) });
            lines.push(`[${record}]\n`);
            writer.record(Buffer.from('['), record, Buffer.from(']\n'));
          }
        }
      };
      const reading = new AbortController();
      const all = Promise.all(tasks.map(run)).finally(() => reading.abort());
      // With a task that waits for ever this would never end.
      do await out.takeAll();
      while (!reading.signal.aborted);
      await all;
      writer.flush();
      await out.takeAll();
      expect(out.text).toBe(lines.join(''));
    }),
  );
});
