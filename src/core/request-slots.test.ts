import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../test-support/unit/virtual-time.ts';
import { RequestSlots } from './request-slots.ts';

const never = new AbortController().signal;

/** Work that takes as long as its deferred says; `begun` tells in which order the slots were given. */
function busy(slots: RequestSlots): { begun: string[]; begin: (owner: string, name?: string) => () => Promise<void> } {
  const begun: string[] = [];
  return {
    begun,
    begin(owner, name = owner) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const used = slots.use(owner, () => {
        begun.push(name);
        return promise;
      });
      return () => {
        resolve();
        return used;
      };
    },
  };
}

test('what the work gives, or throws, comes back', async () => {
  const slots = new RequestSlots(1);
  expect(await slots.use('a', () => Promise.resolve(7))).toBe(7);
  await expect(slots.use('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await slots.use('a', () => Promise.resolve(8))).toBe(8);
});

test('work begins at once while there are slots, and waits when there are none', async () => {
  const { begun, begin } = busy(new RequestSlots(2));
  const ends = [begin('a'), begin('b'), begin('c')];
  expect(begun).toEqual(['a', 'b']);
  await ends[1]?.();
  await Promise.resolve();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('slots go to the owners in turn, so that one with much work does not keep the others waiting', async () => {
  const time = new VirtualTime();
  const slots = new RequestSlots(1);
  const begun: string[] = [];
  const work = (owner: string, name: string): Promise<void> =>
    slots.use(owner, async () => {
      begun.push(name);
      await time.sleep(1, never);
    });
  const slices = Array.from({ length: 6 }, (_, i) => work('recipes', `r${i}`));
  await time.pass(Promise.all([...slices, work('events', 'e0'), work('events', 'e1'), work('teams', 't0')]));
  expect(begun).toEqual(['r0', 'r1', 'e0', 't0', 'r2', 'e1', 'r3', 'r4', 'r5']);
});

test('a serial walk waits for no more than two of hundreds of slices at a time', async () => {
  const time = new VirtualTime();
  const slots = new RequestSlots(1);
  const request = (owner: string): Promise<void> => slots.use(owner, () => time.sleep(1, never));
  const walk = async (): Promise<number> => {
    for (let page = 0; page < 10; page++) await request('events');
    return time.now();
  };
  const slices = Array.from({ length: 300 }, () => request('recipes'));
  expect(await time.pass(walk())).toBeLessThanOrEqual(30);
  await time.pass(Promise.all(slices));
  expect(time.now()).toBe(310);
});

test('no more are in use than there are, no owner is passed over, and everyone has a turn', async () => {
  const task = fc.record({
    owner: fc.constantFrom('a', 'b', 'c', 'd'),
    after: fc.nat(20),
    takes: fc.nat(10),
    fails: fc.boolean(),
  });
  const plan = fc.record({ slots: fc.integer({ min: 1, max: 6 }), tasks: fc.array(task, { maxLength: 40 }) });
  await fc.assert(
    fc.asyncProperty(plan, async ({ slots: many, tasks }) => {
      const time = new VirtualTime();
      const slots = new RequestSlots(many);
      const turns = new Turns();
      let inUse = 0;
      let done = 0;
      const run = async ({ owner, after, takes, fails }: (typeof tasks)[number]): Promise<void> => {
        await time.sleep(after, never);
        turns.waits(owner);
        await slots.use(owner, async () => {
          expect(turns.comes(owner)).toEqual([]);
          expect(++inUse).toBeLessThanOrEqual(many);
          await time.sleep(takes, never);
          inUse -= 1;
          done += 1;
          if (fails) throw new Error('the work failed');
        });
      };
      await time.pass(Promise.allSettled(tasks.map(run)));
      expect(done).toBe(tasks.length);
    }),
    { numRuns: 300 },
  );
});

/** Who waits, and who had a turn since then. */
class Turns {
  readonly #waiting = new Map<string, { count: number; passedBy: Set<string> }>();

  waits(owner: string): void {
    const entry = this.#waiting.get(owner);
    if (entry === undefined) this.#waiting.set(owner, { count: 1, passedBy: new Set() });
    else entry.count += 1;
  }

  /** The owner's turn: gives those who waited while it had two of them. */
  comes(owner: string): string[] {
    const entry = this.#waiting.get(owner);
    if (entry === undefined || entry.count === 1) this.#waiting.delete(owner);
    else this.#waiting.set(owner, { count: entry.count - 1, passedBy: new Set() });
    const passedOver: string[] = [];
    for (const [other, { passedBy }] of this.#waiting) {
      if (other !== owner && passedBy.has(owner)) passedOver.push(other);
      passedBy.add(owner);
    }
    return passedOver;
  }
}
