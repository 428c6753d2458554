import { describe, expect, it } from 'vitest';
import type { Fault } from '../sandbox/server.ts';
import { STREAM_NAMES, catalogOf } from '../test-support/catalogs.ts';
import { composeConfig } from '../test-support/configs.ts';
import { runConnector } from '../test-support/connector.ts';
import { countsRead, pathOf, sandboxed } from './reads.ts';

const SMALL = { auditEvents: 60, deployments: 2 };
type Shape = Extract<Fault, { kind: 'envelope' }>['shape'];

const LISTS = STREAM_NAMES.filter((name) => name !== 'deployments_scalings');

/** Malformed rows and lists, and the error that each must cause. */
const damaged: Array<[Shape, RegExp]> = [
  ['embedded-list', /_embedded is not an object/],
  ['list-object', /_embedded\.\w+ is not a list/],
  ['other-list', /it contains the list \w+ instead of \w+/],
  ['body-list', /it is not an object/],
  ['body-null', /it is not an object/],
  ['row-null', /row \d+ of \d+ is not an object|row \d+ has no valid id/],
  ['row-without-key', /has no \w+/],
];

describe('a malformed body', () => {
  it.each(damaged)(
    'a body malformed as %s fails every list with a system_error that says what is wrong',
    async (shape, text) => {
      const names = LISTS.filter((name) => applies(name, shape));
      const ofAccount = names.filter((name) => !name.startsWith('deployments'));
      const reports = names.filter((name) => name.startsWith('deployments_'));
      await sandboxed(SMALL, async ({ sandbox, read }) => {
        // Read the malformed list of deployments separately, because a read without deployments requests no
        // per-deployment lists.
        for (const spoiled of [ofAccount, ['deployments'], reports]) {
          sandbox.setFaults(spoiled.map((name): Fault => ({ path: pathOf(name), kind: 'envelope', shape })));
          const result = await read({ catalog: catalogOf('full_refresh', spoiled) });
          expect(result).toMatchObject({ violations: [], exitCode: 1 });
          expect(result.errors.map(({ stream_descriptor }) => stream_descriptor?.name).toSorted()).toEqual(spoiled);
          for (const error of result.errors) {
            expect(error.failure_type).toBe('system_error');
            expect(error.message, error.stream_descriptor?.name).toMatch(text);
            expect(error.message).not.toMatch(/undefined|\[object/);
          }
        }
      });
    },
  );

  it('an HTTP 200 response that contains an error text fails the list with this text', async () => {
    const faults: Fault[] = STREAM_NAMES.filter((name) => name !== 'deployments').map((name) => ({
      path: pathOf(name),
      kind: 'errors',
      errors: 'maintenance until noon',
    }));
    await sandboxed({ ...SMALL, faults }, async ({ read }) => {
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.errors).toHaveLength(15);
      for (const error of result.errors) expect(error.message).toContain('the API reports "maintenance until noon"');
    });
  });
});

describe('a missing list', () => {
  it('a missing list counts as empty, and causes a warning', async () => {
    const paths = ['accounts', 'teams', 'deployments/*/backups'];
    const faults = paths.map((path): Fault => ({ path, kind: 'envelope', shape: 'list-missing' }));
    await sandboxed({ ...SMALL, faults }, async ({ sandbox, read }) => {
      const result = await read();
      expect(result).toMatchObject({ violations: [], exitCode: 0 });
      expect(countsRead(result)).toEqual({ ...sandbox.counts(), accounts: 0, teams: 0, deployments_backups: 0 });
      const warnings = result.logs.filter(({ level }) => level === 'WARN');
      expect(warnings).toHaveLength(4);
      expect(warnings[0]?.message).toMatch(
        /^\w+: the response for \S+ does not contain the list \w+, so the list is treated as empty$/,
      );
    });
  });
});

describe('a page without a list in newest-first pagination', () => {
  it.each(['no-embedded', 'list-null'] as const)(
    'a page malformed as %s is not mistaken for the last page',
    async (shape) => {
      const catalog = catalogOf('incremental', ['audit_events']);
      const faults: Fault[] = [{ path: 'audit_events', kind: 'envelope', shape, after: 3, times: 1 }];
      await sandboxed({ auditEvents: 500, faults }, async ({ sandbox, read }) => {
        const result = await read({ catalog });
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(1);
        expect(result.errors).toMatchObject([{ failure_type: 'system_error' }]);
        const rest = await read({ catalog, state: result.states });
        expect(rest.exitCode).toBe(0);
        const ids = [result, rest].flatMap(({ records }) =>
          (records.get('audit_events') ?? []).map((row) => row['id']),
        );
        expect(new Set(ids).size).toBe(sandbox.counts().audit_events);
      });
    },
  );
});

describe('data nested 200,000 levels deep', () => {
  it('data nested 200,000 levels deep causes a single error message without a stack trace in both programs', async () => {
    await sandboxed(
      { ...SMALL, faults: [{ path: 'teams', kind: 'nested', levels: 200_000 }] },
      async ({ workspace, sandbox }) => {
        const config = workspace.file(
          'config.json',
          composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl }),
        );
        const catalog = workspace.file('catalog.json', catalogOf('full_refresh', ['teams']));
        for (const [program, ...args] of [['source-compose', 'read', '--catalog', catalog], ['tap-compose']] as const) {
          const { exitCode, stdout, stderr } = await runConnector([...args, '--config', config], { program });
          expect(exitCode).toBe(1);
          const output = stdout + stderr;
          expect(output).toContain('teams: The API sent data nested too deeply to serialize. ');
          expect(output).not.toMatch(/stack|RangeError|FATAL|unexpected/i);
        }
      },
    );
  });
});

describe('a cursor that the API ignores', () => {
  it('a cursor that the API ignores causes a system_error, not an endless loop or a silent end', async () => {
    await sandboxed({ ...SMALL, cursor: 'ignored' }, async ({ read }) => {
      const result = await read({ catalog: catalogOf('incremental', ['audit_events']) });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      expect(result.errors[0]).toMatchObject({
        failure_type: 'system_error',
        stream_descriptor: { name: 'audit_events' },
      });
      expect(result.errors[0]?.message).toContain('does not paginate audit_events as documented');
    });
  });
});

/**
 * Whether the stream's response can have this shape. The response of `deployments_alerts` is an object instead of a list of rows, and
 * add-ons have no keys.
 */
function applies(name: string, shape: Shape): boolean {
  if (name === 'deployments_alerts') return !shape.startsWith('row-');
  return !(name === 'deployments_addons' && shape === 'row-without-key');
}
