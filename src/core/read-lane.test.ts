import { expect, test } from 'vitest';
import { listBody, refuses } from '../../test-support/unit/fake-api.ts';
import { type TestRun, backups, openRead, openRun } from '../../test-support/unit/reads.ts';
import type { ComposeShared } from '../platforms/compose/shared.ts';
import { ConnectorError } from './errors.ts';
import type { StreamDefinition } from './stream.ts';

const timesOut = (): never => {
  throw new ConnectorError('timed_out', { path: 'somewhere', seconds: '5', attempts: 'after 6 attempts' });
};

/** A report of 20 deployments in each of two regions. */
function report(name: string): StreamDefinition<ComposeShared> {
  const ids = Array.from({ length: 40 }, (_, i) => `${i % 2 === 0 ? 'east' : 'west'}-${i}`);
  return {
    ...backups,
    name,
    slices: () =>
      Promise.resolve({
        chosen: ids.map((id) => ({ id, label: `deployment ${id}`, lane: id.slice(0, 4) })),
        all: new Set(ids),
      }),
    first: (slice) => ({ origin: `https://${slice?.lane}.example.test`, path: `${slice?.id}/${name}` }),
  };
}

/** A run in which a path is answered with a row, or as `faults` has it for its region and report. */
function open(faults: Record<string, () => unknown>): TestRun & {
  read: (name: string) => Promise<unknown>;
  asked: (place: string) => number;
} {
  const testRun = openRun({
    workers: 2,
    otherwise(path) {
      const [id = '', name = ''] = path.split('/');
      const region = id.slice(0, 4);
      return (faults[region] ?? faults[`${region}/${name}`])?.() ?? listBody('backups', [{ id: path }]);
    },
  });
  const read = async (name: string): Promise<unknown> =>
    openRead(testRun, report(name))
      .toEnd()
      .then(
        () => undefined,
        (error: unknown) => error,
      );
  const asked = (place: string): number => testRun.api.paths.filter((path) => path.startsWith(place)).length;
  return { ...testRun, read, asked };
}

test('a place that does not answer is found out once for all streams, and the others are read', async () => {
  const { read, asked, printed } = open({ east: timesOut });
  for (const name of ['one', 'two', 'three']) expect(await read(name)).toMatchObject({ problem: 'timed_out' });
  expect(asked('west')).toBe(3 * 20);
  expect(printed.rows).toHaveLength(3 * 20);
  // One more was under way.
  expect(asked('east')).toBe(6);
  expect(printed.logged('ERROR').filter((line) => line.includes('not tried'))).toEqual([
    'one: 14 deployments were not tried, since 5 requests in a row to the same server had brought no answer',
    'two: 20 deployments were not tried, since 5 requests in a row to the same server had brought no answer',
    'three: 20 deployments were not tried, since 5 requests in a row to the same server had brought no answer',
  ]);
});

test('those that wait for their turn when it is found out are not tried either', async () => {
  const { read, asked } = open({ east: timesOut });
  const errors = await Promise.all(['one', 'two', 'three', 'four', 'five', 'six'].map(read));
  for (const error of errors) expect(error).toMatchObject({ problem: 'timed_out' });
  expect(asked('east')).toBeLessThanOrEqual(5 + 2);
  expect(asked('west')).toBe(6 * 20);
});

test('those that wait to try again when it is found out do not', async () => {
  const testRun = open({});
  const { run, api, read } = testRun;
  let waiting = 0;
  run.fetch = async ({ path }, owner, { retryAfter }) => {
    if (!path.startsWith('east')) return api.get({ path }, owner);
    if (owner === 'one') return timesOut();
    const found = Promise.withResolvers<void>();
    waiting += 1;
    void isOut.then(found.resolve);
    await retryAfter(() => found.promise);
    throw new Error(`${path} is tried again`);
  };
  const { promise: isOut, resolve: nowOut } = Promise.withResolvers<void>();
  const two = read('two');
  expect(await read('one')).toMatchObject({ problem: 'timed_out' });
  nowOut();
  expect(await two).toMatchObject({ problem: 'timed_out' });
  expect(waiting).toBeGreaterThan(0);
});

test('one report that fails at a place that answers is given up alone', async () => {
  const { read, asked } = open({ 'east/one': refuses(503) });
  expect(await read('one')).toMatchObject({ problem: 'server_error' });
  expect(asked('east')).toBe(6);
  expect(await read('two')).toBeUndefined();
  expect(asked('east')).toBe(6 + 20);
});

test('any answer shows that a place is there', async () => {
  let requests = 0;
  const { read, asked } = open({ east: () => (++requests % 5 === 0 ? refuses(403)() : timesOut()) });
  await Promise.all(['one', 'two', 'three', 'four'].map(read));
  // Each stream gives up by itself, none for another.
  expect(asked('east')).toBeGreaterThan(4 * 5);
});
