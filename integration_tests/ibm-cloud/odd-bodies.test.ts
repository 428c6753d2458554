import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import type { ReadResult } from '../reads.ts';
import type { StreamName } from './expected.ts';
import { EVERY_DEPLOYMENT, ibmCloud, keysRead, logged } from './reads.ts';

const SMALL = { backupDays: 2, deployments: 4, gen2Deployments: 1 };

/** Those whose rows stand in a list or an object that has to be there. */
const STREAMS: readonly StreamName[] = [
  'databases',
  'deployments_allowlists',
  'deployments_autoscalings',
  'deployments_backups',
  'deployments_recipes',
  'deployments_scalings',
  'deployments_versions',
];

type Shape = Extract<Fault, { kind: 'envelope' }>['shape'];

/** Whoever reads the log or the errors hears of the stream. */
function isTold(result: ReadResult, name: StreamName): boolean {
  const failed = result.errors.some(({ stream_descriptor }) => stream_descriptor?.name === name);
  return failed || logged(result, 'WARN').some((text) => text.startsWith(`${name}: `));
}

describe.concurrent('an answer of the databases', () => {
  it.each<Shape>(['list-missing', 'list-null', 'other-list', 'body-list', 'body-null'])(
    'of another form than it should be is told of, and is no bug: %s',
    async (shape) => {
      await ibmCloud({ ...SMALL, faults: [{ path: '/databases/**', kind: 'envelope', shape }] }, async ({ read }) => {
        const result = await read({ streams: STREAMS });
        expect(result.violations).toEqual([]);
        expect(logged(result, 'FATAL')).toEqual([]);
        for (const name of STREAMS) expect(isTold(result, name), name).toBe(true);
        for (const { failure_type } of result.errors) expect(failure_type).toBe('system_error');
      });
    },
  );

  it.each<[Shape, readonly StreamName[]]>([
    ['list-object', ['databases', 'deployments_allowlists', 'deployments_backups', 'deployments_recipes']],
    ['row-null', STREAMS],
    ['row-without-key', ['databases', 'deployments_allowlists', 'deployments_backups', 'deployments_recipes']],
  ])('with rows that are none is a system_error that names the stream: %s', async (shape, names) => {
    await ibmCloud({ ...SMALL, faults: [{ path: '/databases/**', kind: 'envelope', shape }] }, async ({ read }) => {
      const result = await read({ streams: names });
      expect(result.violations).toEqual([]);
      expect(logged(result, 'FATAL')).toEqual([]);
      const failed = new Map(result.errors.map((error) => [error.stream_descriptor?.name, error.failure_type]));
      for (const name of names) {
        // An empty allowlist has no row to spoil, yet others have.
        if (shape === 'row-null' && name === 'deployments_autoscalings') expect(isTold(result, name), name).toBe(true);
        else expect(failed.get(name), name).toBe('system_error');
      }
    });
  });

  it('with errors in a 200 is a system_error that quotes them', async () => {
    const faults: Fault[] = [{ path: '/databases/**', kind: 'errors', errors: { limit: ['too big'] } }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: STREAMS });
      expect(result.violations).toEqual([]);
      expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(STREAMS);
      for (const error of result.errors) {
        expect(error.failure_type).toBe('system_error');
        expect(`${error.message} ${error.internal_message}`).toContain('too big');
      }
    });
  });

  it('that one deployment alone gets fails the stream, after the others have been read', async () => {
    const faults: Fault[] = [{ path: '/databases/eu-de/**', kind: 'envelope', shape: 'body-list' }];
    await ibmCloud({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read({ streams: ['deployments_recipes'] });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      const others = [...sandbox.keys('deployments_recipes')].filter((key) => !key.includes(':eu-de:'));
      expect(keysRead(result, 'deployments_recipes').toSorted()).toEqual(others.toSorted());
    });
  });
});

describe.concurrent('keys', () => {
  it('that are numbers no double can tell apart fail the stream', async () => {
    const faults: Fault[] = [{ path: `${EVERY_DEPLOYMENT}/tasks`, kind: 'keys', form: 'beyond-2-53' }];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      const result = await read({ streams: ['deployments_recipes', 'deployments_backups'] });
      expect(result.violations).toEqual([]);
      expect(result.errors).toHaveLength(1);
      expect(result.errors[0]).toMatchObject({
        failure_type: 'system_error',
        stream_descriptor: { name: 'deployments_recipes' },
      });
    });
  });
});
