import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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

describe('a pause', () => {
  test('gives the slot to others for as long as it lasts, and gets one again before the work goes on', async () => {
    const time = new VirtualTime();
    const slots = new RequestSlots(1);
    const begun: string[] = [];
    const patient = slots.use('a', async (pause) => {
      begun.push('a');
      await pause(() => time.sleep(10, never));
      begun.push(`a again at ${time.now()}`);
    });
    const other = slots.use('b', async () => {
      begun.push('b');
      await time.sleep(25, never);
    });
    await time.pass(Promise.all([patient, other]));
    expect(begun).toEqual(['a', 'b', 'a again at 25']);
  });

  test('gives back what the wait gives, or throws, with the slot in either case', async () => {
    const slots = new RequestSlots(1);
    expect(await slots.use('a', (pause) => pause(() => Promise.resolve(7)))).toBe(7);
    const failed = slots.use('a', (pause) => pause(() => Promise.reject(new Error('SIGTERM'))));
    await expect(failed).rejects.toThrow('SIGTERM');
    // Neither did a slot get lost, nor is there one more.
    const { begun, begin } = busy(slots);
    const [first] = [begin('a'), begin('b')];
    expect(begun).toEqual(['a']);
    await first?.();
    await Promise.resolve();
    expect(begun).toEqual(['a', 'b']);
  });

  test('takes its turn among the others afterwards', async () => {
    const time = new VirtualTime();
    const slots = new RequestSlots(1);
    const begun: string[] = [];
    const work = (owner: string, name: string): Promise<void> =>
      slots.use(owner, async () => {
        begun.push(name);
        await time.sleep(5, never);
      });
    const patient = slots.use('events', async (pause) => {
      await pause(() => time.sleep(1, never));
      begun.push('events');
    });
    const slices = Array.from({ length: 9 }, (_, i) => work('recipes', `r${i}`));
    await time.pass(Promise.all([patient, ...slices]));
    expect(begun.slice(0, 3)).toEqual(['r0', 'r1', 'events']);
  });
});

test('with pauses, too, no more are in use than there are, no owner is passed over, and everyone comes to an end', async () => {
  const task = fc.record({
    owner: fc.constantFrom('a', 'b', 'c', 'd'),
    after: fc.nat(20),
    // In turn a time of work and one of waiting.
    parts: fc.array(fc.record({ takes: fc.nat(8), waits: fc.nat(15), fails: fc.boolean() }), { maxLength: 4 }),
  });
  const plan = fc.record({ slots: fc.integer({ min: 1, max: 5 }), tasks: fc.array(task, { maxLength: 25 }) });
  await fc.assert(
    fc.asyncProperty(plan, async ({ slots: many, tasks }) => {
      const time = new VirtualTime();
      const slots = new RequestSlots(many);
      const turns = new Turns();
      let inUse = 0;
      let most = 0;
      let done = 0;
      const faults: string[] = [];
      const run = async ({ owner, after, parts }: (typeof tasks)[number]): Promise<void> => {
        const comes = (): void => {
          faults.push(...turns.comes(owner).map((other) => `${other} was passed over for ${owner}`));
          most = Math.max(most, (inUse += 1));
        };
        await time.sleep(after, never);
        turns.waits(owner);
        await slots.use(owner, async (pause) => {
          comes();
          for (const { takes, waits, fails } of parts) {
            await time.sleep(takes, never);
            inUse -= 1;
            const wait = async (): Promise<void> => {
              await time.sleep(waits, never);
              turns.waits(owner);
              if (fails) throw new Error('the wait failed');
            };
            await pause(wait).catch(() => undefined);
            comes();
          }
          inUse -= 1;
          done += 1;
        });
      };
      await time.pass(Promise.all(tasks.map(run)));
      expect(faults).toEqual([]);
      expect(most).toBeLessThanOrEqual(many);
      expect(done).toBe(tasks.length);
      // All slots are there again.
      const { begun, begin } = busy(slots);
      const ends = Array.from({ length: many + 1 }, (_, i) => begin('x', String(i)));
      expect(begun).toHaveLength(many);
      for (const end of ends) await end();
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
