import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import { DEPLOYMENT_STREAMS, STREAM_NAMES, type StreamName, expectedRows } from './expected.ts';
import {
  type AccountOptions,
  INSTANCES,
  expectRows,
  ibmCloud,
  keysRead,
  logged,
  rowsRead,
  timesAsked,
} from './reads.ts';

const SMALL = { backupDays: 3, maxLimit: 4 };

type Shape = Extract<Fault, { kind: 'envelope' }>['shape'];

/** Those that hang on the list of instances; the others are read whatever becomes of it. */
const INDEPENDENT: readonly StreamName[] = ['accounts', 'resource_groups', 'teams'];

describe.concurrent('a chain of pages', () => {
  it.each([['start'], ['next_docid'], ['next_url']] as const)(
    'at a strange host is gone on with at our own, by the token: %s',
    async (inventoryToken) => {
      const faults = [{ path: INSTANCES, kind: 'envelope', shape: 'next-foreign' }] as const;
      await ibmCloud({ ...SMALL, inventoryToken, faults }, async ({ sandbox, read }) => {
        const result = await read();
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(0);
        expect(new Set(sandbox.requests.map(({ host }) => host))).toEqual(new Set([new URL(sandbox.baseUrl).host]));
        const later = sandbox.requests.filter(({ path }) => path === INSTANCES).slice(1);
        expect(later.length).toBeGreaterThan(4);
        for (const { query } of later) {
          expect(query[inventoryToken]).toMatch(/^\+.*=$/);
          expect(query['type']).toBe('service_instance');
        }
        sandbox.setFaults([]);
        const expected = await expectedRows(sandbox);
        for (const name of STREAM_NAMES) expectRows(result, name, expected[name]);
      });
    },
  );

  it('that leads back once brings the rows of that page once', async () => {
    const faults = [{ path: INSTANCES, kind: 'envelope', shape: 'next-repeated', times: 1 }] as const;
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['deployments', 'deployments_scalings', 'deployments_backups'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const name of ['deployments', 'deployments_scalings', 'deployments_backups'] as const) {
        expect(keysRead(result, name).toSorted(), name).toEqual([...sandbox.keys(name)].toSorted());
      }
    });
  });

  const endless: Array<[string, AccountOptions, Shape, object?]> = [
    ['leads back for ever', {}, 'next-repeated'],
    ['leads back for ever, from a page that is the only one', { maxLimit: 100 }, 'next-repeated'],
    ['has the same rows under tokens that are new each time', {}, 'next-endless'],
    [
      'has no rows under tokens that are new each time',
      {},
      'next-endless',
      { resource_group_ids: ['0123456789abcdef0123456789abcdef'] },
    ],
  ];
  it.each(endless)('that %s is an error, not an end and not endless', async (_, options, shape, platform = {}) => {
    const faults: Fault[] = [{ path: INSTANCES, kind: 'envelope', shape }];
    await ibmCloud({ ...SMALL, ...options, faults }, async ({ sandbox, read }) => {
      const result = await read({ platform: platform as Record<string, unknown> });
      expectBroken(result);
      expect(timesAsked(sandbox, INSTANCES)).toBeLessThan(20_000);
    });
  });

  const damaged: Array<[string, Omit<Extract<Fault, { kind: 'envelope' }>, 'path' | 'kind'>]> = [
    ['has a link without a token', { shape: 'next-unknown' }],
    ['has a link without a token on a later page', { shape: 'next-unknown', after: 2 }],
    ['lacks its list', { shape: 'list-missing' }],
    ['lacks its list on a later page', { shape: 'list-missing', after: 2 }],
    ['has null for its list', { shape: 'list-null' }],
    ['has an object for its list', { shape: 'list-object' }],
    ['has its list under another name', { shape: 'other-list' }],
    ['is a bare list', { shape: 'body-list' }],
    ['is null', { shape: 'body-null' }],
    ['has null for a row', { shape: 'row-null' }],
  ];
  it.each(damaged)('whose page %s is an error of all that hangs on it', async (_, fault) => {
    await ibmCloud({ ...SMALL, faults: [{ path: INSTANCES, kind: 'envelope', ...fault }] }, async ({ read }) => {
      expectBroken(await read());
    });
  });

  it('whose tokens are forgotten on the way is an error that quotes the service', async () => {
    const faults = [{ path: INSTANCES, kind: 'forget-cursors', after: 2, times: 1 }] as const;
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read();
      expectBroken(result);
      const error = result.errors.find(({ stream_descriptor }) => stream_descriptor?.name === 'deployments');
      expect(error?.internal_message).toContain('HTTP 400');
      expect(`${error?.message} ${error?.internal_message}`).toContain('The page token is not valid');
    });
  });

  it('that just ends cannot be told from a short list: the log says how many deployments it had', async () => {
    const faults = [{ path: INSTANCES, kind: 'envelope', shape: 'next-dropped' }] as const;
    await ibmCloud({ ...SMALL, maxLimit: 7, oddInstances: false, faults }, async ({ read }) => {
      const result = await read({ streams: ['deployments'] });
      expect(result.exitCode).toBe(0);
      const rows = rowsRead(result.records, 'deployments');
      expect(rows.length).toBeLessThanOrEqual(7);
      const [gen1, gen2] = ['gen1', 'gen2'].map((one) => rows.filter(({ generation }) => generation === one).length);
      const counts = `${gen1} deployments? of generation 1, ${gen2} of generation 2`;
      expect(logged(result, 'INFO')).toContainEqual(
        expect.stringMatching(new RegExp(`lists 7 instances .*: ${counts}`)),
      );
    });
  });
});

/** Every stream that hangs on the inventory has failed as our mistake or the API's, and none is complete without rows. */
function expectBroken(result: ReadResult): void {
  expect(result.violations).toEqual([]);
  expect(result.exitCode).toBe(1);
  const failed = new Map(result.errors.map((error) => [error.stream_descriptor?.name, error]));
  for (const name of DEPLOYMENT_STREAMS) {
    expect(failed.get(name)?.failure_type, name).toBe('system_error');
    expect(failed.get(name)?.message.length, name).toBeGreaterThan(20);
  }
  for (const name of INDEPENDENT) {
    expect(failed.has(name), name).toBe(false);
    expect(keysRead(result, name).length, name).toBeGreaterThan(0);
  }
}
