import { setImmediate as everyoneElse } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualTime } from '../../test-support/unit/virtual-time.ts';
import { RequestSlots, type Turn } from './request-slots.ts';

const never = new AbortController().signal;

/** Work that takes as long as its deferred says; `begun` tells in which order the slots were given. */
function busy(slots: RequestSlots): { begun: string[]; begin: (owner: string, name?: string) => () => Promise<void> } {
  const begun: string[] = [];
  return {
    begun,
    begin(owner, name = owner) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const used = slots.use(owner, 'here', () => {
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

/** Slots are handed out when all who ask at one moment have asked. */
function handedOut(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

test('what the work gives, or throws, comes back', async () => {
  const slots = new RequestSlots(1);
  expect(await slots.use('a', 'here', () => Promise.resolve(7))).toBe(7);
  await expect(slots.use('a', 'here', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await slots.use('a', 'here', () => Promise.resolve(8))).toBe(8);
});

test('work begins at once while there are slots, and waits when there are none', async () => {
  const { begun, begin } = busy(new RequestSlots(2));
  const ends = [begin('a'), begin('b'), begin('c')];
  await everyoneElse();
  expect(begun).toEqual(['a', 'b']);
  await ends[1]?.();
  await everyoneElse();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('slots go to the owners in turn, so that one with much work does not keep the others waiting', async () => {
  const time = new VirtualTime();
  const slots = new RequestSlots(1);
  const begun: string[] = [];
  const work = (owner: string, name: string): Promise<void> =>
    slots.use(owner, 'here', async () => {
      begun.push(name);
      await time.sleep(1, never);
    });
  const slices = Array.from({ length: 6 }, (_, i) => work('recipes', `r${i}`));
  await time.pass(Promise.all([...slices, work('events', 'e0'), work('events', 'e1'), work('teams', 't0')]));
  expect(begun).toEqual(['r0', 'e0', 't0', 'r1', 'e1', 'r2', 'r3', 'r4', 'r5']);
});

test('a serial walk waits for no more than two of hundreds of slices at a time', async () => {
  const time = new VirtualTime();
  const slots = new RequestSlots(1);
  const request = (owner: string): Promise<void> => slots.use(owner, 'here', () => time.sleep(1, never));
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
        await slots.use(owner, 'here', async () => {
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
    const patient = slots.use('a', 'here', async ({ pause }) => {
      begun.push('a');
      await pause(() => time.sleep(10, never));
      begun.push(`a again at ${time.now()}`);
    });
    const other = slots.use('b', 'here', async () => {
      begun.push('b');
      await time.sleep(25, never);
    });
    await time.pass(Promise.all([patient, other]));
    expect(begun).toEqual(['a', 'b', 'a again at 25']);
  });

  test('gives back what the wait gives, or throws, with the slot in either case', async () => {
    const slots = new RequestSlots(1);
    expect(await slots.use('a', 'here', ({ pause }) => pause(() => Promise.resolve(7)))).toBe(7);
    const failed = slots.use('a', 'here', ({ pause }) => pause(() => Promise.reject(new Error('SIGTERM'))));
    await expect(failed).rejects.toThrow('SIGTERM');
    // Neither did a slot get lost, nor is there one more.
    const { begun, begin } = busy(slots);
    const [first] = [begin('a'), begin('b')];
    await handedOut();
    expect(begun).toEqual(['a']);
    await first?.();
    await handedOut();
    expect(begun).toEqual(['a', 'b']);
  });

  test('takes its turn among the others afterwards', async () => {
    const time = new VirtualTime();
    const slots = new RequestSlots(1);
    const begun: string[] = [];
    const work = (owner: string, name: string): Promise<void> =>
      slots.use(owner, 'here', async () => {
        begun.push(name);
        await time.sleep(5, never);
      });
    const patient = slots.use('events', 'here', async ({ pause }) => {
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
        await slots.use(owner, 'here', async ({ pause }) => {
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
      await handedOut();
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

describe('several places', () => {
  const HOURS = 10_000;

  /** Requests of one stream, whose places take as long as they say and answer or not. */
  function open(many: number): {
    time: VirtualTime;
    begun: string[];
    request: (place: string, takes: number, answers?: boolean) => Promise<void>;
  } {
    const time = new VirtualTime();
    const slots = new RequestSlots(many);
    const begun: string[] = [];
    const request = (place: string, takes: number, answers = true): Promise<void> =>
      slots.use('stream', place, async ({ heard }) => {
        begun.push(place);
        await time.sleep(takes, never);
        heard(answers);
      });
    return { time, begun, request };
  }

  test('one that hangs takes half of the slots, and the others do not wait for it', async () => {
    const { time, begun, request } = open(4);
    const hung = Array.from({ length: 20 }, () => request('down', HOURS, false));
    const others = Array.from({ length: 40 }, (_, i) => request(i % 2 === 0 ? 'up' : 'also up', 1));
    await time.pass(Promise.all(others));
    expect(time.now()).toBeLessThan(HOURS);
    expect(begun.filter((place) => place === 'down')).toHaveLength(2);
    await time.pass(Promise.all(hung));
  });

  test('one whose last attempt brought no answer gets one at a time until it answers', async () => {
    const { time, begun, request } = open(4);
    await time.pass(Promise.all([request('up', 1), request('down', HOURS, false)]));
    const hung = Array.from({ length: 3 }, () => request('down', HOURS, false));
    const back = [request('down', 1), request('down', 1), request('down', 1)];
    await time.standStill();
    expect(begun).toEqual(['up', 'down', 'down']);
    await time.pass(Promise.all(hung));
    expect(time.now()).toBe(4 * HOURS);
    // The first that is answered lets the others go.
    await time.pass(Promise.all(back));
    expect(time.now()).toBe(4 * HOURS + 2);
  });

  test('the only one has all slots, whether it answers or not', async () => {
    const { time, begun, request } = open(4);
    const all = Array.from({ length: 8 }, () => request('down', HOURS, false));
    await time.standStill();
    expect(begun).toHaveLength(4);
    await time.pass(Promise.all(all));
    expect(time.now()).toBe(2 * HOURS);
  });

  test('those who find out and must wait for another to go first do not bar it', async () => {
    const time = new VirtualTime();
    const slots = new RequestSlots(16);
    const opened = Promise.withResolvers<void>();
    const allSilent = Promise.withResolvers<void>();
    let silent = 0;
    const request = (i: number): Promise<void> =>
      slots.use('stream', 'down', async ({ pause, retryAfter, heard }) => {
        heard(false);
        if ((silent += 1) === 8) allSilent.resolve();
        await allSilent.promise;
        await retryAfter(() => time.sleep(1, never));
        // Like a rate limit: the last is the one that may ask again, and the others wait for what it finds.
        await pause(() => (i === 7 ? time.sleep(1, never) : opened.promise));
        if (i === 7) opened.resolve();
      });
    await time.pass(slots.use('stream', 'up', ({ heard }) => Promise.resolve(heard(true))));
    await time.pass(slots.use('stream', 'down', ({ heard }) => Promise.resolve(heard(true))));
    await time.pass(Promise.all(Array.from({ length: 8 }, (_, i) => request(i))));
  });

  test('of those to a silent place a few make all their attempts before others make their first', async () => {
    const time = new VirtualTime();
    const slots = new RequestSlots(4);
    const attempts: number[] = Array.from({ length: 12 }, () => 0);
    const ended = (): number => attempts.filter((made) => made > 6).length;
    const retried = (i: number): Promise<void> =>
      slots.use('stream', 'down', async ({ retryAfter, heard }) => {
        while ((attempts[i] = (attempts[i] ?? 0) + 1) <= 6) {
          const begun = attempts.filter((made) => made > 0).length;
          // In fives: as many as it takes to find out that it is out.
          expect(begun).toBeLessThanOrEqual(5 * (1 + Math.floor(ended() / 5)));
          await time.sleep(10, never);
          heard(false);
          await retryAfter(() => time.sleep(1, never));
        }
      });
    await time.pass(slots.use('stream', 'up', () => time.sleep(1, never)));
    await time.pass(Promise.all(attempts.map((_, i) => retried(i))));
    expect(ended()).toBe(12);
  });

  test('no more are in use than there are, none has more than half while others could go, and everyone is served', async () => {
    const attempt = fc.record({
      takes: fc.nat(10),
      answers: fc.boolean(),
      rest: fc.nat(10),
      way: fc.constantFrom('pause' as const, 'retryAfter' as const),
    });
    const task = fc.record({
      owner: fc.constantFrom('a', 'b', 'c'),
      place: fc.constantFrom('x', 'y', 'z'),
      after: fc.nat(20),
      attempts: fc.array(attempt, { minLength: 1, maxLength: 4 }),
    });
    const plan = fc.record({ many: fc.integer({ min: 1, max: 6 }), tasks: fc.array(task, { maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(plan, async ({ many, tasks }) => {
        const time = new VirtualTime();
        const slots = new RequestSlots(many);
        const watch = new Watch(many);
        let done = 0;
        const run = async ({ owner, place, after, attempts }: (typeof tasks)[number]): Promise<void> => {
          await time.sleep(after, never);
          watch.waits(place);
          await slots.use(owner, place, async (turn: Turn) => {
            watch.begins(place);
            for (const [i, { takes, answers, rest, way }] of attempts.entries()) {
              await time.sleep(takes, never);
              watch.heard(place, answers);
              turn.heard(answers);
              if (i === attempts.length - 1) break;
              await turn[way](async () => {
                watch.ends(place);
                await time.sleep(rest, never);
                watch.waits(place);
              });
              watch.begins(place);
            }
            watch.ends(place);
            done += 1;
          });
        };
        await time.pass(Promise.all(tasks.map(run)));
        expect(done).toBe(tasks.length);
      }),
      { numRuns: 500 },
    );
  });
});

/** What is in use and waited for at each place, and whether it is given out as it should be. */
class Watch {
  readonly #many: number;
  readonly #places = new Map<string, { inUse: number; waiting: number; answers: boolean | undefined }>();

  constructor(many: number) {
    this.#many = many;
  }

  #at(place: string): { inUse: number; waiting: number; answers: boolean | undefined } {
    const known = this.#places.get(place) ?? { inUse: 0, waiting: 0, answers: undefined };
    this.#places.set(place, known);
    return known;
  }

  waits(place: string): void {
    this.#at(place).waiting += 1;
  }

  begins(place: string): void {
    const half = Math.max(1, Math.floor(this.#many / 2));
    const its = this.#at(place);
    const others = [...this.#places.values()].filter((each) => each !== its);
    if (its.inUse >= half && others.length > 0) {
      // The others that wait have as much, or nobody knows whether they answer.
      const slighted = others.filter(({ waiting, inUse, answers }) => waiting > 0 && answers === true && inUse < half);
      expect(slighted).toEqual([]);
      expect(its.answers).toBe(true);
    }
    if (its.answers === false && others.length > 0) expect(its.inUse).toBe(0);
    its.waiting -= 1;
    its.inUse += 1;
    expect([...this.#places.values()].reduce((sum, { inUse }) => sum + inUse, 0)).toBeLessThanOrEqual(this.#many);
  }

  heard(place: string, answers: boolean): void {
    this.#at(place).answers = answers;
  }

  ends(place: string): void {
    this.#at(place).inUse -= 1;
  }
}
