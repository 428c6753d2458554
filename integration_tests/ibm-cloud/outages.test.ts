import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { type Row, STREAMS, STREAM_NAMES, type StreamName, expectedRows } from './expected.ts';
import {
  type Account,
  INSTANCES,
  type Kind,
  expectRows,
  gen1Of,
  ibmCloud,
  keysRead,
  logged,
  pathOf,
  timesAsked,
} from './reads.ts';

const SMALL = { backupDays: 2, deployments: 6, gen2Deployments: 3 };

const REGION = 'eu-de';
const inRegion = (id: unknown): boolean => String(id).split(':')[5] === REGION;

/** A wait, in seconds, that is longer than any test may take. */
const FOR_LONG = 600;

/** Reads until the given keys of each stream have been emitted, then stops the read. */
async function readUntil(
  { read }: Account,
  keys: ReadonlyMap<StreamName, readonly string[]>,
  config: Row = { num_workers: 1 },
) {
  const missing = new Set([...keys].flatMap(([name, wanted]) => wanted.map((key) => `${name} ${key}`)));
  return read({
    streams: STREAM_NAMES,
    config,
    run: {
      onLine: (line, kill) => {
        if (!line.startsWith('{"type":"RECORD"')) return;
        const { record } = JSON.parse(line) as { record: { stream: StreamName; data: Record<string, unknown> } };
        missing.delete(`${record.stream} ${String(record.data[STREAMS[record.stream].key])}`);
        if (missing.size === 0) kill('SIGTERM');
      },
    },
  });
}

const waits: Array<[string, Kind]> = [
  ['a rate limit', { kind: 'status', status: 429, retryAfter: FOR_LONG }],
  ['an outage', { kind: 'status', status: 503, retryAfter: FOR_LONG }],
];

describe.concurrent('an unavailable region', () => {
  it.each(waits)('%s of one region delays no other region or service, even with one worker', async (_, kind) => {
    const faults = [{ path: `/databases/${REGION}/**`, ...kind } as Fault];
    await ibmCloud({ ...SMALL, faults }, async (account) => {
      const { sandbox } = account;
      const names = STREAM_NAMES.filter((name) => !['databases', 'datacenters', 'deployments'].includes(name));
      const keys = names.map((name): [StreamName, string[]] => [
        name,
        [...sandbox.keys(name)].filter((key) => !inRegion(key)),
      ]);
      for (const [name, wanted] of keys) expect(wanted.length, name).toBeGreaterThan(0);
      const result = await readUntil(account, new Map(keys));
      expect(result.signal).toBe('SIGTERM');
      // Make sure that the read sent requests to the region, so that the fault could have delayed it.
      const asked = Object.keys(sandbox.stats().byPath).filter((path) => path.startsWith(`/databases/${REGION}/`));
      expect(asked.length).toBeGreaterThan(0);
    });
  });

  it("a region's lasting outage fails its streams with a transient_error, after everything else has been read", async () => {
    await ibmCloud(SMALL, async ({ sandbox, read }) => {
      const expected = (await expectedRows(sandbox)).deployments_allowlists;
      sandbox.setFaults([{ path: `/databases/${REGION}/**`, kind: 'status', status: 503 }]);
      const result = await read({ streams: ['deployments_allowlists', 'accounts'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]).toMatchObject({
        failure_type: 'transient_error',
        stream_descriptor: { name: 'deployments_allowlists' },
        internal_message: expect.stringMatching(/HTTP 503 .*after 6 attempts/) as string,
      });
      expectRows(
        result,
        'deployments_allowlists',
        expected.filter((row) => !inRegion(row['deployment_id'])),
      );
    });
  });
});

describe.concurrent('a region that never responds', () => {
  const faults: Fault[] = [{ path: `/databases/${REGION}/**`, kind: 'hang' }];

  it('a region that never responds blocks only one worker', async () => {
    await ibmCloud({ ...SMALL, deployments: 20, faults }, async (account) => {
      const { sandbox } = account;
      const keys = STREAM_NAMES.map((name): [StreamName, string[]] => [
        name,
        [...sandbox.keys(name)].filter((key) => !inRegion(key) && !['databases', 'datacenters'].includes(name)),
      ]);
      // No request to the region ends before the read is stopped, so other requests can't have waited for the region.
      const result = await readUntil(account, new Map(keys), { num_workers: 4, request_timeout_seconds: 600 });
      expect(result.signal).toBe('SIGTERM');
      const asked = sandbox.requests.filter(({ path }) => path.startsWith(`/databases/${REGION}/`));
      expect(asked).toHaveLength(1);
    });
  });

  it('the circuit of a region that never responds opens once for all streams, and all other rows are read', async () => {
    const names = STREAM_NAMES.filter((name) => !['databases', 'datacenters'].includes(name));
    await ibmCloud({ ...SMALL, deployments: 30 }, async ({ sandbox, read }) => {
      const expected = await expectedRows(sandbox);
      sandbox.setFaults(faults);
      const before = sandbox.requests.length;
      const result = await read({ streams: names, config: { num_workers: 4, request_timeout_seconds: 5 } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      for (const { failure_type: type } of result.errors) expect(type).toBe('transient_error');
      for (const name of names) {
        const rows = expected[name].filter((row) => !inRegion(row['deployment_id'] ?? row['id']));
        const got = new Set(keysRead(result, name));
        expect(
          rows.map((row) => String(row[STREAMS[name].key])).filter((key) => !got.has(key)),
          name,
        ).toEqual([]);
      }
      // For a minute, the region gets one request at a time, with a pause of two seconds after each request.
      const asked = sandbox.requests.slice(before).filter(({ path }) => path.startsWith(`/databases/${REGION}/`));
      expect(asked.length).toBeLessThanOrEqual(25);
      expect(logged(result, 'ERROR')).toContainEqual(expect.stringMatching(/has not responded for \d+ s/));
      expect(logged(result, 'ERROR')).toContainEqual(
        expect.stringMatching(/more deployments were not requested, for the same reason/),
      );
    });
  });
});

describe.concurrent('unavailable deployment details', () => {
  it('the deployments stream lacks only the deployment whose details are unavailable', async () => {
    await ibmCloud({ ...SMALL, deployments: 30 }, async ({ sandbox, read }) => {
      const expected = (await expectedRows(sandbox)).deployments;
      const [id = ''] = gen1Of(sandbox);
      sandbox.setFaults([{ path: pathOf(id), kind: 'status', status: 503 }]);
      const result = await read({ streams: ['deployments'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors).toMatchObject([
        { failure_type: 'transient_error', stream_descriptor: { name: 'deployments' } },
      ]);
      expectRows(
        result,
        'deployments',
        expected.filter((row) => row['id'] !== id),
      );
      expect(logged(result, 'ERROR')[0]).toContain(`deployments: deployment ${id} could not be read: `);
    });
  });
});

describe.concurrent('an unfinished request at the end of a read', () => {
  it('a request that is unfinished when all streams have ended is canceled without a message', async () => {
    const faults: Fault[] = [
      { path: INSTANCES, kind: 'status', status: 403 },
      { path: '/resource-controller/v2/resource_groups', kind: 'hang' },
    ];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['deployments'], config: { request_timeout_seconds: 600 } });
      expect(result.violations).toEqual([]);
      expect(result.errors).toHaveLength(1);
      expect(logged(result, 'WARN')).toEqual([]);
      expect(timesAsked(sandbox, '/resource-controller/v2/resource_groups')).toBeLessThanOrEqual(1);
    });
  });
});

// If the endpoint of one IAM list is rate-limited or down, the streams that read other IAM lists are also delayed.
const OF_IAM = /^(api_keys|service_ids|teams|trusted_profiles)$|roles$/;

const services: Array<[string, string, (name: StreamName) => boolean]> = [
  ['the accounts service', '/accounts/**', (name) => name === 'accounts'],
  ['the usage service', '/billing/**', (name) => name === 'billables'],
  ['the access groups service', '/iam/v2/groups', (name) => OF_IAM.test(name)],
  ['the Resource Controller', '/resource-controller/**', (name) => name !== 'accounts'],
];

describe.concurrent.each(waits)('%s of one service', (_, kind) => {
  it.each(services)('requests to other services continue while %s is unavailable', async (_service, path, hangsOn) => {
    await ibmCloud({ ...SMALL, faults: [{ path, ...kind }] }, async (account) => {
      const others = STREAM_NAMES.filter((name) => !hangsOn(name));
      const keys = others.map((name): [StreamName, string[]] => [name, [...account.sandbox.keys(name)]]);
      expect((await readUntil(account, new Map(keys))).signal).toBe('SIGTERM');
    });
  });
});
