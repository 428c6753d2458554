import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../../test-support/unit/virtual-time.ts';
import { Permits } from './permits.ts';

const never = new AbortController().signal;

interface Task {
  origin: string;
  stream: string;
  after: number;
  takes: number;
}

/** Runs tasks that hold a permit for a while. `observe` is called when a task starts waiting, gets its permit or ends. */
async function run(
  many: number,
  tasks: readonly Task[],
  observe: (event: 'waits' | 'goes' | 'ends', task: Task) => void = () => undefined,
) {
  const time = new VirtualTime();
  const permits = new Permits(many);
  const granted: Task[] = [];
  const ended: Array<[task: Task, at: number]> = [];
  await time.pass(
    Promise.all(
      tasks.map(async (task) => {
        if (task.after > 0) await time.sleep(task.after, never);
        observe('waits', task);
        const release = await permits.acquire(task.origin, task.stream);
        observe('goes', task);
        granted.push(task);
        await time.sleep(task.takes, never);
        ended.push([task, time.now()]);
        observe('ends', task);
        release();
      }),
    ),
  );
  return { granted, ended };
}

const task = (origin: string, stream: string, takes = 1): Task => ({ origin, stream, after: 0, takes });
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

test('a single origin gets all permits', async () => {
  const { ended } = await run(4, times(8, task('o', 's', 10)));
  expect(ended.at(-1)?.[1]).toBe(20);
});

test('a slow origin does not delay other origins, even if its requests came first', async () => {
  const { ended } = await run(4, [
    ...times(20, task('slow', 's', 10_000)),
    ...times(40, task('a', 's')),
    ...times(40, task('b', 's')),
  ]);
  for (const [{ origin }, at] of ended) if (origin !== 'slow') expect(at).toBeLessThan(10_000);
});

test('canceling the waiting requests of one origin does not affect other origins', async () => {
  const permits = new Permits(1);
  const release = await permits.acquire('a', 's');
  const canceled = permits.acquire('a', 's');
  const other = permits.acquire('b', 's');
  permits.cancel('a', new Error('gone'));
  await expect(canceled).rejects.toThrow('gone');
  release();
  (await other)();
  (await permits.acquire('a', 's'))();
});

test('under any load, permits never exceed the limit, go to the least busy origin and to its streams in turn, and reach every task', async () => {
  const tasks = fc.array(
    fc.record({
      origin: fc.constantFrom('x', 'y', 'z'),
      stream: fc.constantFrom('a', 'b', 'c'),
      after: fc.nat(20),
      takes: fc.integer({ min: 1, max: 10 }),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), tasks, async (many, all) => {
      const waiting: Task[] = [];
      const inFlight: Task[] = [];
      /** For each waiting stream, the streams that its origin has served since the waiting stream began to wait. */
      const passedBy = new Map<string, Set<string>>();
      const keyOf = ({ origin, stream }: Task): string => `${origin} ${stream}`;
      const inFlightAt = (origin: string): number => inFlight.filter((each) => each.origin === origin).length;
      const remove = (list: Task[], own: Task): void => void list.splice(list.indexOf(own), 1);
      const { ended } = await run(many, all, (event, own) => {
        if (event === 'waits') {
          if (!waiting.some((each) => keyOf(each) === keyOf(own))) passedBy.set(keyOf(own), new Set());
          waiting.push(own);
        } else if (event === 'ends') remove(inFlight, own);
        else {
          remove(waiting, own);
          passedBy.set(keyOf(own), new Set());
          for (const { origin } of waiting) expect(inFlightAt(origin)).toBeGreaterThanOrEqual(inFlightAt(own.origin));
          const others = waiting.filter(({ origin, stream }) => origin === own.origin && stream !== own.stream);
          for (const key of new Set(others.map(keyOf))) {
            expect(passedBy.get(key)).not.toContain(own.stream);
            passedBy.get(key)?.add(own.stream);
          }
          inFlight.push(own);
          expect(inFlight.length).toBeLessThanOrEqual(many);
        }
      });
      expect(ended).toHaveLength(all.length);
    }),
    { numRuns: 300 },
  );
});
