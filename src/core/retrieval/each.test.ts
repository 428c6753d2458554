import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../../test-support/unit/virtual-time.ts';
import { eachInParallel } from './each.ts';

const never = new AbortController().signal;

test('each item is processed once and in order, with never more than `width` items in progress', async () => {
  const plan = fc.record({ width: fc.integer({ min: 1, max: 8 }), durations: fc.array(fc.nat(20), { maxLength: 30 }) });
  await fc.assert(
    fc.asyncProperty(plan, async ({ width, durations }) => {
      const time = new VirtualTime();
      const begun: number[] = [];
      let atOnce = 0;
      let most = 0;
      const work = async (i: number): Promise<void> => {
        begun.push(i);
        most = Math.max(most, ++atOnce);
        await time.sleep(durations[i] ?? 0, never);
        atOnce -= 1;
      };
      await time.pass(eachInParallel(durations.keys(), width, work));
      expect(begun).toEqual([...durations.keys()]);
      expect(atOnce).toBe(0);
      expect(most).toBe(Math.min(width, durations.length));
    }),
  );
});

test('as many items as the width allows are processed in parallel', async () => {
  const time = new VirtualTime();
  await time.pass(eachInParallel(Array.from({ length: 12 }), 4, () => time.sleep(10, never)));
  expect(time.now()).toBe(30);
});

test('after a failure, no further items are started, items in progress are finished, and the first error is thrown', async () => {
  const time = new VirtualTime();
  const begun: number[] = [];
  const ended: number[] = [];
  const work = async (i: number): Promise<void> => {
    begun.push(i);
    await time.sleep(i === 1 ? 5 : 10, never);
    ended.push(i);
    if (i > 0) throw new Error(`item ${i}`);
  };
  await expect(time.pass(eachInParallel([0, 1, 2, 3, 4], 3, work))).rejects.toThrow('item 1');
  expect(begun).toEqual([0, 1, 2]);
  expect(ended).toEqual([1, 0, 2]);
});

test('a synchronous error is handled like any other failure', async () => {
  const work = (): Promise<void> => {
    throw new Error('at once');
  };
  await expect(eachInParallel([1], 4, work)).rejects.toThrow('at once');
});
