import { setImmediate as everyoneElse } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Answers, listBody, refuses } from '../../../../test-support/unit/fake-api.ts';
import {
  type TestRun,
  addons,
  altered,
  backups,
  openRead,
  openRun,
  recipes,
} from '../../../../test-support/unit/reads.ts';
import type { ComposeShared } from '../../../platforms/compose/stream.ts';
import { ConnectorError } from '../../failure/errors.ts';
import type { PartitionCursor } from './cursor.ts';
import type { Partition, Partitions } from '../partitions.ts';
import type { Stream } from '../../stream/stream.ts';

type Definition = Stream<ComposeShared>;

/** A partition such as `east 1`, whose id begins with the name of its origin. */
const partition = (id: string, more: Partial<Partition> = {}): Partition => ({
  id,
  label: `deployment ${id}`,
  origin: `https://${id.replace(/ .*/, '')}.example.test`,
  fields: { deployment_id: id },
  ...more,
});
const idsAt = (origin: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${origin} ${i + 1}`);
const pathOf = (id: string, name = 'backups'): string => `deployments/${encodeURIComponent(id)}/${name}`;
const withPartitions = (
  definition: Definition,
  chosen: readonly Partition[],
  more: Partial<Partitions> = {},
): Definition => ({
  ...altered(definition, { partitions: async () => ({ chosen, all: undefined, ...more }) }),
});

/** The API's responses: for each partition, the response in `others`, or else a list of one row. */
function answersFor(ids: readonly string[], others: Record<string, unknown> = {}, name = 'backups'): Answers {
  return Object.fromEntries(
    ids.map((id) => [
      pathOf(id, name),
      others[id] ?? listBody(name, [{ [name === 'addons' ? 'name' : 'id']: `row of ${id}` }]),
    ]),
  );
}

function open(definition: Definition, answers: Answers, options: object = {}): TestRun & { done: () => Promise<void> } {
  const testRun = openRun({ workers: 1, answers, ...options });
  return { ...testRun, done: openRead(testRun, definition).toEnd };
}

describe('partitions of several origins', () => {
  test('an unresponsive origin does not block the partitions of other origins', async () => {
    const ids = [...idsAt('east', 3), ...idsAt('west', 3), ...idsAt('north', 2)];
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const answers = answersFor(ids, { 'east 1': () => promise });
    const testRun = openRun({ workers: 2, answers });
    // Each origin may have one request in flight, and there are permits for two origins.
    const definition = withPartitions(
      backups,
      ids.map((id) => partition(id)),
    );
    const reading = openRead({ ...testRun, run: { ...testRun.run, workers: 1 } }, definition).toEnd();
    await everyoneElse();
    expect(testRun.printed.rows.map(({ id }) => id).toSorted()).toEqual(
      ['north 1', 'north 2', 'west 1', 'west 2', 'west 3'].map((id) => `row of ${id}`),
    );
    resolve(listBody('backups', [{ id: 'late' }]));
    await reading;
    expect(testRun.printed.rows).toHaveLength(8);
    expect(testRun.api.paths.filter((path) => path.includes('east'))).toEqual(idsAt('east', 3).map((id) => pathOf(id)));
  });

  test('repeated failures of an origin end only the requests to this origin', async () => {
    const ids = idsAt('east', 40).flatMap((id, i) => [id, ...(i < 20 ? [`west ${i + 1}`] : [])]);
    const down = Object.fromEntries(idsAt('east', 40).map((id) => [id, refuses(503)]));
    const { api, printed, done } = open(
      withPartitions(
        backups,
        ids.map((id) => partition(id)),
      ),
      answersFor(ids, down),
    );
    await expect(done()).rejects.toMatchObject({ problem: 'server_error' });
    expect(printed.rows).toHaveLength(20);
    expect(api.paths.filter((path) => path.includes('east'))).toHaveLength(5);
    expect(printed.logged('ERROR').at(-1)).toBe('backups: 35 more deployments were not requested, for the same reason');
  });

  test("after a circuit opens, the origin's other partitions are not requested, and one log line reports them", async () => {
    const ids = [...idsAt('east', 40), ...idsAt('west', 3)];
    const definition = withPartitions(
      backups,
      ids.map((id) => partition(id)),
    );
    const open503 = (): never => {
      throw new ConnectorError('host_unresponsive', { host: 'east.test', seconds: '61', address: 'base_url' });
    };
    const down = Object.fromEntries(idsAt('east', 40).map((id) => [id, open503]));
    const { api, printed, done } = open(definition, answersFor(ids, down), { workers: 4 });
    await expect(done()).rejects.toMatchObject({ problem: 'host_unresponsive' });
    expect(printed.rows).toHaveLength(3);
    expect(api.paths.filter((path) => path.includes('east'))).toHaveLength(4);
    expect(printed.logged('ERROR')).toEqual([
      expect.stringMatching(/^backups: deployment east 1 could not be read: east\.test has not responded for 61 s/),
      'backups: 39 more deployments were not requested, for the same reason',
    ]);
  });
});

describe('a list of partitions that contains rows', () => {
  test('rows in the list of partitions are normalized, and the partition is not requested', async () => {
    const brought = partition('east 9', { rows: [{ id: 7, created_at: '2018-08-22T02:00:00+02:00' }] });
    const definition = withPartitions(backups, [partition('east 1'), brought]);
    const { api, printed, done } = open(definition, answersFor(['east 1']));
    await done();
    expect(api.paths).toEqual([pathOf('east 1')]);
    expect(printed.rows).toEqual([
      { id: '7', created_at: '2018-08-22T00:00:00.000Z', deployment_id: 'east 9' },
      { id: 'row of east 1', deployment_id: 'east 1' },
    ]);
  });

  test('a partition with an empty list of rows is not requested', async () => {
    const { api, done } = open(withPartitions(backups, [partition('east 1', { rows: [] })]), {});
    await done();
    expect(api.paths).toEqual([]);
  });

  test('an invalid row in the list of partitions causes the stream to fail, and the error names the partition', async () => {
    const definition = withPartitions(backups, [partition('east 1', { rows: [{ id: 'a' }, {}] })]);
    await expect(open(definition, {}).done()).rejects.toMatchObject({
      problem: 'unexpected_body',
      message: expect.stringMatching(/deployment east 1: row 2 of 2 has no id/) as string,
    });
  });

  test('the stream fails if all requested partitions are rejected, even if the list contained rows of other partitions', async () => {
    const brought = partition('west 1', { rows: [{ id: 'a' }] });
    const definition = withPartitions(backups, [partition('east 1'), brought]);
    const { printed, done } = open(definition, answersFor(['east 1'], { 'east 1': refuses(403) }));
    await expect(done()).rejects.toMatchObject({ problem: 'forbidden' });
    expect(printed.rows.map(({ id }) => id)).toEqual(['a']);
  });

  test('rows in the list of partitions set a high-water mark, and known rows are omitted', async () => {
    const at = (minute: number): string => new Date(Date.UTC(2018, 7, 31, 12, minute)).toISOString();
    const rows = [9, 3, 1].map((minute) => ({ id: `r${minute}`, updated_at: at(minute) }));
    const testRun = openRun();
    const definition = withPartitions(recipes, [partition('east 1', { rows })]);
    const stream = openRead<PartitionCursor>(testRun, definition, { version: 1, marks: { 'east 1': at(4) } });
    await stream.toEnd();
    expect(testRun.printed.rows.map(({ id }) => id)).toEqual(['r9', 'r3']);
    expect(stream.cursor.state().marks).toEqual({ 'east 1': at(9) });
  });
});

describe('an optional stream', () => {
  const absent = (): never => {
    throw new ConnectorError(
      'not_offered',
      { path: 'x', status: '422', said: '' },
      { status: 422, answer: 'HTTP 422' },
    );
  };
  const ids = ['east 1', 'west 1', 'west 2'];
  const definition = withPartitions(
    addons,
    ids.map((id) => partition(id)),
  );

  test('an optional stream is empty with one warning if no partition has it', async () => {
    const others = { 'east 1': absent, 'west 1': refuses(404), 'west 2': absent };
    const { printed, done } = open(definition, answersFor(ids, others, 'addons'));
    await done();
    expect(printed.rows).toEqual([]);
    expect(printed.logged('WARN')).toEqual([
      'addons: this stream is unavailable for every deployment (HTTP 422), so it has no records',
    ]);
  });

  test('an optional stream is skipped for partitions that do not have it if other partitions do', async () => {
    const others = { 'east 1': absent, 'west 1': refuses(404) };
    const { printed, done } = open(definition, answersFor(ids, others, 'addons'));
    await done();
    expect(printed.rows).toHaveLength(1);
    expect(printed.logged('WARN')).toHaveLength(2);
  });

  test('an optional stream is not treated as empty during an outage', async () => {
    const others = { 'east 1': absent, 'west 1': refuses(404), 'west 2': refuses(503) };
    await expect(open(definition, answersFor(ids, others, 'addons')).done()).rejects.toMatchObject({
      problem: 'server_error',
    });
  });

  test('a required stream fails if no partition has it', async () => {
    const needed = withPartitions(
      backups,
      ids.map((id) => partition(id)),
    );
    const others = Object.fromEntries(ids.map((id) => [id, absent]));
    await expect(open(needed, answersFor(ids, others)).done()).rejects.toMatchObject({ problem: 'not_offered' });
  });
});

describe('partitions of several accounts', () => {
  const of = (account: string, count: number): Partition[] =>
    idsAt('east', count).map((id) => partition(`${id} ${account}`, { account }));
  const chosen = [...of('a', 2), ...of('b', 2)];
  const ids = chosen.map(({ id }) => id);

  test('if the API rejects all partitions of one account, the stream fails after the others have been read', async () => {
    const rejected = Object.fromEntries(of('b', 2).map(({ id }) => [id, refuses(403)]));
    const { printed, done } = open(withPartitions(backups, chosen), answersFor(ids, rejected));
    await expect(done()).rejects.toMatchObject({ problem: 'forbidden' });
    expect(printed.rows).toHaveLength(2);
    expect(printed.logged('WARN')).toEqual([]);
  });

  test('if an account could not be listed, the stream fails after the listed partitions have been read', async () => {
    const failure = new ConnectorError('server_error', { message: 'Account c could not be read.' });
    const { printed, done } = open(withPartitions(backups, chosen, { failure }), answersFor(ids));
    await expect(done()).rejects.toBe(failure);
    expect(printed.rows).toHaveLength(4);
  });

  test('an account that is not covered keeps its cursor values and its pending rows', async () => {
    const isCovered = (id: string): boolean => !id.endsWith('c');
    const covered = { all: new Set(ids), isWhole: true, isCovered };
    const testRun = openRun({ answers: answersFor(ids, {}, 'recipes') });
    const time = '2016-01-01T00:00:00.000Z';
    const stream = openRead<PartitionCursor>(testRun, withPartitions(recipes, chosen, covered), {
      version: 1,
      marks: { 'east 1 c': time, 'east 9 a': time },
      pending: ['row c', 'row a'],
    });
    await stream.toEnd();
    const { marks, pending } = stream.cursor.state();
    expect(marks).toEqual({ 'east 1 c': time });
    // Undated rows remain pending.
    expect(new Set(pending)).toEqual(new Set(['row c', ...ids.map((id) => `row of ${id}`)]));
  });
});

test('a stream collects its intentional omissions', async () => {
  const testRun = openRun();
  const leftOut = ['of generation 2', 'of other types', 'of generation 2'];
  const stream = openRead(testRun, withPartitions(backups, [], { leftOut }));
  await stream.toEnd();
  expect(stream.reader.leftOut).toEqual(['2 deployments of generation 2', '1 deployment of other types']);
});
