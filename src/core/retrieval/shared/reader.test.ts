import { describe, expect, test } from 'vitest';
import { listBody, refuses } from '../../../../test-support/unit/fake-api.ts';
import {
  type RunOptions,
  type TestRun,
  altered,
  deployments,
  openRead,
  openRun,
} from '../../../../test-support/unit/reads.ts';
import type { ComposeShared } from '../../../platforms/compose/stream.ts';
import { text } from '../../stream/fields.ts';
import type { OpenStream } from '../open-stream.ts';
import type { Row } from '../../record/row.ts';
import type { Detail, Shared } from './declaration.ts';
import type { Stream } from '../../stream/stream.ts';

async function read(options: RunOptions): Promise<TestRun & { stream: OpenStream }> {
  const testRun = openRun(options);
  const stream = openRead(testRun, deployments);
  await stream.toEnd();
  return { ...testRun, stream };
}

const { detail } = deployments.retrieval as Shared<ComposeShared> & { detail: Detail<ComposeShared> };

describe('deployments without details', () => {
  const list = listBody('deployments', [
    { id: 'd1', name: 'one', strings: { direct: ['secret'] } },
    { id: 'd2', name: 'two', _embedded: { strings: { direct: ['secret'] } } },
  ]);

  test('deployments are emitted without details, even if the list contains the details', async () => {
    const { printed, api } = await read({ answers: { deployments: list } });
    expect(printed.rows).toEqual([
      { id: 'd1', name: 'one' },
      { id: 'd2', name: 'two' },
    ]);
    expect(api.paths).toEqual(['deployments']);
  });
});

test.each([true, false])('details from the list are never emitted (details wanted: %s)', async (asked) => {
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

describe('deployments with details', () => {
  const answers = {
    deployments: listBody('deployments', [{ id: 'd1' }, { id: 'd2' }, { id: 'd3' }]),
    'deployments/d1': { id: 'd1', name: 'not taken', strings: { direct: ['a'] } },
    'deployments/d2': { id: 'd2' },
    'deployments/d3': { id: 'd3', strings: { direct: ['c'] } },
  };
  const asked = { includeConnectionStrings: true, workers: 1 };

  test('each deployment is completed by one more request', async () => {
    const { printed, stream } = await read({ ...asked, answers });
    expect(printed.rows).toEqual([
      { id: 'd1', strings: { direct: ['a'] } },
      { id: 'd2', strings: null },
      { id: 'd3', strings: { direct: ['c'] } },
    ]);
    expect(stream.reader.requests).toBe(3);
  });

  test.each([
    ['a server error', refuses(503, 'deployments/d2'), 'server_error'],
    ['an unexpected status', refuses(418, 'deployments/d2'), 'unexpected_status'],
    ['an error text', { errors: 'no' }, 'unexpected_body'],
    ['a list', [], 'unexpected_body'],
  ])('the stream fails after emitting the other rows if the details response is %s', async (_, answer, problem) => {
    const testRun = openRun({ ...asked, answers: { ...answers, 'deployments/d2': answer } });
    const reading = openRead(testRun, deployments).toEnd();
    await expect(reading).rejects.toMatchObject({ problem });
    expect(testRun.printed.rows.map(({ id }) => id)).toEqual(['d1', 'd3']);
    expect(testRun.printed.logged('ERROR')).toEqual([
      expect.stringMatching(/^deployments: deployment d2 could not be read: .*deployments\/d2/),
    ]);
  });
});

describe('a list that never has details', () => {
  const definition = altered(deployments, { detail: undefined });
  const answers = { deployments: listBody('deployments', [{ id: 'd1', strings: { direct: [] } }, { id: 'd2' }]) };

  test('the list is emitted unchanged after one request', async () => {
    const testRun = openRun({ answers, includeConnectionStrings: true });
    const stream = openRead(testRun, definition);
    await stream.toEnd();
    expect(testRun.printed.rows).toEqual([{ id: 'd1', strings: { direct: [] } }, { id: 'd2' }]);
    expect(testRun.api.paths).toEqual(['deployments']);
  });
});

describe('a list in which only some rows need details', () => {
  const some = altered(deployments, {
    detail: {
      ...detail,
      request: (row: Row, shared: ComposeShared) => (row['name'] === 'whole' ? undefined : detail.request(row, shared)),
    },
  });
  const answers = {
    deployments: listBody('deployments', [
      { id: 'd1' },
      { id: 'd2', name: 'whole', strings: { direct: ['own'] } },
      { id: 'd3' },
      { id: 'd4', name: 'whole' },
    ]),
    'deployments/d1': { strings: { direct: ['a'] } },
    'deployments/d3': { strings: { direct: ['c'] } },
  };

  test('details are requested only for incomplete rows, and other rows are unchanged', async () => {
    const testRun = openRun({ answers, includeConnectionStrings: true, workers: 1 });
    await openRead(testRun, some).toEnd();
    expect(testRun.api.paths).toEqual(['deployments', 'deployments/d1', 'deployments/d3']);
    expect(testRun.printed.rows.toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))).toEqual([
      { id: 'd1', strings: { direct: ['a'] } },
      { id: 'd2', name: 'whole', strings: { direct: ['own'] } },
      { id: 'd3', strings: { direct: ['c'] } },
      { id: 'd4', name: 'whole' },
    ]);
  });
});

describe('rejected details', () => {
  const answersOf = (statuses: Record<string, number>): Record<string, unknown> => ({
    deployments: listBody('deployments', [{ id: 'd1' }, { id: 'd2' }, { id: 'd3' }]),
    ...Object.fromEntries(
      ['d1', 'd2', 'd3'].map((id) => [
        `deployments/${id}`,
        statuses[id] === undefined ? { strings: { direct: [id] } } : refuses(statuses[id]),
      ]),
    ),
  });
  const warned = async (statuses: Record<string, number>): Promise<string[]> => {
    const { printed } = await read({ includeConnectionStrings: true, workers: 1, answers: answersOf(statuses) });
    expect(printed.rows).toHaveLength(3);
    return printed.logged('WARN');
  };

  test('rejected details cause one warning with the number of rows and the first response', async () => {
    expect(await warned({ d1: 403, d3: 404 })).toEqual([
      'deployments: connection strings are missing for 2 deployments, such as deployment d1, because the API rejected the request (HTTP 403)',
    ]);
  });

  test('details that are not rejected cause no warning', async () => {
    expect(await warned({})).toEqual([]);
  });
});

describe('details of a stream that emits only declared fields', () => {
  const strict: Stream<ComposeShared> = {
    ...altered<ComposeShared>(deployments, { detail: { ...detail, fields: ['strings', 'kind'] } }),
    fields: { ...deployments.fields, kind: text('Kind.') },
    dropped: ['secret'],
  };

  test('only declared details are emitted', async () => {
    const answers = {
      deployments: listBody('deployments', [{ id: 'd1', name: 'one', kind: 'of the list' }]),
      'deployments/d1': {
        id: 'other',
        name: 'other',
        strings: {},
        secret: 'password-1',
        platform: { token: 'hunter2' },
      },
    };
    const testRun = openRun({ answers, includeConnectionStrings: true });
    await openRead(testRun, strict).toEnd();
    expect(testRun.printed.rows).toEqual([{ id: 'd1', name: 'one', strings: {}, kind: null }]);
    expect(JSON.stringify(testRun.printed.messages)).not.toMatch(/hunter2|password-1/);
  });
});
