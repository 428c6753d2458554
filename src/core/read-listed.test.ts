import { describe, expect, test } from 'vitest';
import { listBody, refuses } from '../../test-support/unit/fake-api.ts';
import { type RunOptions, type TestRun, deployments, openRead, openRun, parts } from '../../test-support/unit/reads.ts';
import type { OpenStream } from './open-stream.ts';

async function read(options: RunOptions): Promise<TestRun & { stream: OpenStream }> {
  const testRun = openRun(options);
  const stream = openRead(testRun, deployments);
  await stream.toEnd();
  return { ...testRun, stream };
}

test('a list is one request, all of whose rows come out', async () => {
  const testRun = openRun({ answers: { parts: listBody('parts', [{ id: 'a', units: '3' }, { id: 'b' }]) } });
  await openRead(testRun, parts).toEnd();
  expect(testRun.printed.rows).toEqual([{ id: 'a', units: 3 }, { id: 'b' }]);
  expect(testRun.api.requests).toEqual([{ path: 'parts', owner: 'parts', query: {} }]);
});

describe('deployments without their details', () => {
  const list = listBody('deployments', [
    { id: 'd1', name: 'one', strings: { direct: ['secret'] } },
    { id: 'd2', name: 'two', _embedded: { strings: { direct: ['secret'] } } },
  ]);

  test('are the shared list, without the details even if that held them', async () => {
    const { printed, api, stream } = await read({ answers: { deployments: list } });
    expect(printed.rows).toEqual([
      { id: 'd1', name: 'one' },
      { id: 'd2', name: 'two' },
    ]);
    expect(api.paths).toEqual(['deployments']);
    expect(stream.read.requests).toBe(1);
  });

  test('are limited to the chosen ones', async () => {
    const { printed } = await read({ answers: { deployments: list }, chosen: ['d2'] });
    expect(printed.rows).toEqual([{ id: 'd2', name: 'two' }]);
  });
});

test.each([true, false])('details that only the list has never come out, asked for or not: %s', async (asked) => {
  const strings = { direct: ['secret'] };
  const answers = {
    deployments: listBody('deployments', [
      { id: 'd1', strings, _embedded: { strings } },
      { id: 'd2', _embedded: { strings, name: 'two' } },
      { id: 'd3', _embedded: 'odd' },
    ]),
    'deployments/d1': { id: 'd1', _embedded: { strings } },
    'deployments/d2': { id: 'd2', strings: null },
    'deployments/d3': { id: 'd3' },
  };
  const { printed } = await read({ includeConnectionStrings: asked, workers: 1, answers });
  const none = asked ? { strings: null } : {};
  expect(printed.rows).toEqual([
    { id: 'd1', ...none },
    { id: 'd2', name: 'two', ...none },
    { id: 'd3', ...none },
  ]);
});

describe('deployments with their details', () => {
  const answers = {
    deployments: listBody('deployments', [{ id: 'd1' }, { id: 'd2' }, { id: 'd3' }]),
    'deployments/d1': { id: 'd1', name: 'not taken', strings: { direct: ['a'] }, secret: 'password-1' },
    'deployments/d2': { id: 'd2', secret: 'password-2' },
    'deployments/d3': { id: 'd3', strings: { direct: ['c'] }, secret: 'password-3' },
  };
  const asked = { includeConnectionStrings: true, workers: 1 };

  test('are completed by one more request each', async () => {
    const { printed, stream } = await read({ ...asked, answers });
    expect(printed.rows).toEqual([
      { id: 'd1', strings: { direct: ['a'] } },
      { id: 'd2', strings: null },
      { id: 'd3', strings: { direct: ['c'] } },
    ]);
    expect(stream.read.requests).toBe(4);
  });

  test('have their passwords kept out of the log before anything else happens with them', async () => {
    const { secrets } = await read({ ...asked, answers });
    expect(secrets).toEqual(['password-1', 'password-2', 'password-3']);
  });

  test.each([403, 404])(
    'come without them where the API refuses them with HTTP %i, and that is warned about',
    async (status) => {
      const { printed } = await read({ ...asked, answers: { ...answers, 'deployments/d2': refuses(status) } });
      expect(printed.rows.map(({ id }) => id)).toEqual(['d1', 'd2', 'd3']);
      expect(printed.rows[1]).toEqual({ id: 'd2', strings: null });
      expect(printed.logged('WARN')).toEqual([
        `deployments: deployment d2 without connection strings, because the API refused them (HTTP ${status})`,
      ]);
    },
  );

  test.each([
    ['an outage', refuses(503, 'deployments/d2'), 'server_error'],
    ['a status that no API should have', refuses(418, 'deployments/d2'), 'unexpected_status'],
    ['an error text', { errors: 'no' }, 'unexpected_body'],
    ['a list', [], 'unexpected_body'],
  ])('fail the stream behind the other rows if the API answers with %s', async (_, answer, problem) => {
    const testRun = openRun({ ...asked, answers: { ...answers, 'deployments/d2': answer } });
    const reading = openRead(testRun, deployments).toEnd();
    await expect(reading).rejects.toMatchObject({ problem });
    expect(testRun.printed.rows.map(({ id }) => id)).toEqual(['d1', 'd3']);
    expect(testRun.printed.logged('ERROR')).toEqual([
      expect.stringMatching(/^deployments: deployment d2 could not be completed: .*deployments\/d2/),
    ]);
  });

  test('are not tried any more after many failures in a row', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => ({ id: `d${i}` }));
    const list = listBody('deployments', ids);
    const testRun = openRun({ ...asked, answers: { deployments: list }, otherwise: (path) => refuses(503, path)() });
    await expect(openRead(testRun, deployments).toEnd()).rejects.toMatchObject({ problem: 'server_error' });
    expect(testRun.api.paths).toHaveLength(1 + 5);
    expect(testRun.printed.logged('ERROR').at(-1)).toBe(
      'deployments: 45 deployments were not tried, since 5 in a row had failed',
    );
  });

  test('are not taken as refused when the run is stopped', async () => {
    const testRun = openRun({ ...asked, answers });
    testRun.api.answers['deployments/d2'] = () => {
      testRun.stop.abort('SIGTERM');
      refuses(404)();
    };
    await expect(openRead(testRun, deployments).toEnd()).rejects.toBe('SIGTERM');
    expect(testRun.printed.rows).toHaveLength(1);
  });
});
