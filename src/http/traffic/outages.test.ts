import { describe, expect, test } from 'vitest';
import { listBody } from '../../../test-support/unit/fake-api.ts';
import { createClient } from '../../../test-support/unit/http.ts';
import { altered, backups, openRead, openRun } from '../../../test-support/unit/reads.ts';
import { type Reaction, SimulatedNetwork } from '../../../test-support/unit/simulated-network.ts';
import { VirtualTime } from '../../../test-support/unit/virtual-time.ts';
import type { Partition, Partitions } from '../../core/retrieval/partitions.ts';
import type { Request } from '../../core/stream/request.ts';
import type { Stream } from '../../core/stream/stream.ts';
import type { ComposeShared } from '../../platforms/compose/stream.ts';

const TIMEOUT_MS = 60_000;
const STREAMS = ['one', 'two', 'three', 'four', 'five', 'six'];
const DEPLOYMENTS = 20;
const EACH = STREAMS.length * DEPLOYMENTS;

/** A per-deployment stream. The deployments are in three regions, each of which has its own origin. */
function report(name: string): Stream<ComposeShared> {
  const ids = ['bad', 'good', 'fine'].flatMap((region) =>
    Array.from({ length: DEPLOYMENTS }, (_, i) => `${region}-${i}`),
  );
  const chosen = ids.map((id) => ({
    id,
    label: `deployment ${id}`,
    origin: `https://${id.replace(/-.*/, '')}.test`,
  }));
  const partitions = async (): Promise<Partitions> => ({ chosen, all: new Set(ids) });
  const request = ({ id, origin = '' }: Partition): Request => ({ origin, path: `${id}/${name}` });
  return { ...altered(backups, { partitions, request }), name };
}

const responds = (afterMs = 200): Reaction => ({ status: 200, afterMs, body: listBody('backups', [{ id: 'x' }]) });

/** Reads all streams in virtual time while the region `bad` behaves as specified. Times are in seconds. */
async function read(workers: number, react: (at: number) => Reaction) {
  const time = new VirtualTime();
  const network = new SimulatedNetwork(time, TIMEOUT_MS, ({ origin, at }) =>
    origin === 'https://bad.test' ? react(at) : responds(),
  );
  const { openRoute } = network;
  const { client } = createClient({ permits: workers, timing: time, timeoutMs: TIMEOUT_MS, openRoute });
  const testRun = openRun({ workers });
  const rows = { bad: 0, others: 0 };
  const end = { bad: 0, others: 0 };
  testRun.run.send = async (request, stream) => {
    const which = request.path.startsWith('bad') ? 'bad' : 'others';
    try {
      const received = await client.send(request, stream);
      rows[which] += 1;
      return received;
    } finally {
      end[which] = time.now() / 1_000;
    }
  };
  const streams = STREAMS.map((name) => openRead(testRun, report(name)).toEnd());
  const results = await time.pass(Promise.allSettled(streams));
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const attempts = network.requests.filter(({ origin }) => origin === 'https://bad.test').length;
  expect(network.most.get('all')).toBeLessThanOrEqual(workers);
  return { rows, end, problems, attempts, errors: testRun.printed.logged('ERROR') };
}

/** A quota of ten requests per ten seconds. */
function smallQuota(): (at: number) => Reaction {
  const seen = new Map<number, number>();
  return (at) => {
    const period = Math.floor(at / 10_000);
    const count = (seen.get(period) ?? 0) + 1;
    seen.set(period, count);
    const seconds = Math.ceil(((period + 1) * 10_000 - at) / 1_000);
    return count <= 10 ? responds() : { status: 429, afterMs: 20, headers: { 'retry-after': String(seconds) } };
  };
}

const refuses: Reaction = { code: 'ECONNREFUSED' };

describe.each([1, 4, 8])('one faulty region of three (workers: %i)', (workers) => {
  /** The other regions must be read within this many seconds. A single worker may have to wait for the faulty region. */
  const patience = workers === 1 ? Infinity : 60;

  test.each<[string, (at: number) => Reaction, problem: string, givenUpAfter: number, attempts: number]>([
    ['hangs', () => 'hang', 'host_unresponsive', 182, 3],
    ['hangs after a while', (at) => (at < 5_000 ? responds() : 'hang'), 'host_unresponsive', 190, EACH],
    ['refuses connections', () => refuses, 'host_unresponsive', 62, 34],
    ['is unknown to DNS', () => ({ code: 'ENOTFOUND', afterMs: 50 }), 'host_unresponsive', 62, 34],
    ['returns only HTTP 503', () => ({ status: 503, afterMs: 100 }), 'server_error', 140, EACH * 6],
    ['returns only HTTP 429', () => ({ status: 429, afterMs: 20 }), 'rate_limited', 2_400, 20],
  ])('all streams soon stop sending requests to a region that %s', async (_, react, problem, seconds, most) => {
    const { rows, end, problems, attempts, errors } = await read(workers, react);
    expect(rows.others).toBe(2 * EACH);
    expect(end.others).toBeLessThan(patience);
    expect(problems.filter((error) => (error as { problem: string }).problem === problem).length).toBeGreaterThan(0);
    expect(problems).toHaveLength(STREAMS.length);
    expect(end.bad).toBeLessThanOrEqual(seconds);
    expect(attempts).toBeLessThanOrEqual(most);
    // Each stream logs some failures, and one line about the deployments that were not requested.
    for (const name of STREAMS) expect(errors).toContainEqual(expect.stringMatching(`^${name}: \\d+ more deployments`));
  });

  test.each<[string, (at: number) => Reaction, doneAfter: number]>([
    ['refuses connections for 20 s', (at) => (at < 20_000 ? refuses : responds()), 75],
    ['refuses connections for 50 s', (at) => (at < 50_000 ? refuses : responds()), 80],
    ['hangs for 90 s', (at) => (at < 90_000 ? 'hang' : responds()), 195],
    ['flaps', (at) => (Math.floor(at / 10_000) % 2 === 0 ? responds() : { code: 'ECONNRESET' }), 110],
    ['has a small quota', smallQuota(), 121],
    ['is slow', () => responds(50_000), (EACH * 50) / Math.max(1, workers - 2) + 100],
  ])('a region that %s is read completely', async (_, react, seconds) => {
    const { rows, end, problems, errors } = await read(workers, react);
    expect(problems).toEqual([]);
    expect(errors).toEqual([]);
    expect(rows).toEqual({ bad: EACH, others: 2 * EACH });
    expect(end.others).toBeLessThan(patience === 60 ? 25 : patience);
    expect(end.bad).toBeLessThan(seconds);
  });
});
