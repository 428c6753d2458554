import { setImmediate as everyoneElse } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../failure/errors.ts';
import { embeddedRows } from '../../platforms/compose/envelope.ts';
import type { ComposeShared } from '../../platforms/compose/stream.ts';
import { text } from '../stream/fields.ts';
import { listBody } from '../../../test-support/unit/fake-api.ts';
import { Printout, StalledOutput } from '../../../test-support/unit/output.ts';
import { addons, backups, openRead, openRun, parts } from '../../../test-support/unit/reads.ts';
import type { ParsedPage } from '../stream/request.ts';
import type { Row } from '../record/row.ts';
import type { Stream } from '../stream/stream.ts';

const rowsOf = { rows: (body: unknown): ParsedPage => embeddedRows(body, 'parts', 'parts') };
const page = (count: number): unknown =>
  listBody(
    'parts',
    Array.from({ length: count }, (_, i) => ({ id: `p${i}` })),
  );

test('a page is requested with its path and query, and its rows become record data', async () => {
  const testRun = openRun({ answers: { parts: listBody('parts', [{ id: 7, units: '3', _links: {} }]) } });
  const { reader } = openRead(testRun, parts);
  const got: Row[] = [];
  await reader.readPage({ path: 'parts', query: { limit: 10 } }, rowsOf, ({ rows }) => void got.push(...rows));
  expect(got).toEqual([{ id: '7', units: 3 }]);
  expect(testRun.api.requests).toEqual([{ path: 'parts', owner: 'parts', query: { limit: 10 } }]);
  expect(reader.requests).toBe(1);
});

test('a warning about a response body names the stream', async () => {
  const testRun = openRun({ answers: { parts: {} } });
  await openRead(testRun, parts).reader.readPage({ path: 'parts' }, rowsOf, ({ rows }) => expect(rows).toEqual([]));
  expect(testRun.printed.logged('WARN')).toEqual([
    'parts: the response for parts does not contain the list parts, so the list is treated as empty',
  ]);
});

describe('an invalid row', () => {
  test.each([null, 'a', 7, ['a']])('the row %j causes the stream to fail because it is not an object', (row) => {
    const { reader } = openRead(openRun(), parts);
    expect(() => reader.page([{ id: 'a' }, row], 'parts')).toThrow(
      expect.objectContaining({
        problem: 'unexpected_body',
        internalMessage: 'parts: HTTP 200, row 2 of 2 is not an object',
      }),
    );
  });

  test.each([{}, { id: null }, { id: '' }, { id: {} }])(
    'the row %j causes the stream to fail because it has no key',
    (row) => {
      const { reader } = openRead(openRun(), parts);
      expect(() => reader.page([row], 'parts')).toThrow('row 1 of 1 has no id to use as its key');
    },
  );

  test('a row causes the stream to fail if a part of its generated key is missing', () => {
    const madeOf = ['deployment_id', 'name'];
    const keyed: Stream<ComposeShared> = { ...addons, primaryKey: { field: 'id', madeOf, needs: madeOf } };
    const { reader } = openRead(openRun(), { ...keyed, fields: { id: text('Id.'), ...addons.fields } });
    expect(reader.page([{ name: 'a' }], 'addons', { deployment_id: 'd1' }).rows).toEqual([
      { id: 'd1/a', name: 'a', deployment_id: 'd1' },
    ]);
    expect(() => reader.page([{ name: 'a' }], 'addons')).toThrow('row 1 of 1 has no id to use as its key');
  });
});

test('an undeclared field causes only one warning', () => {
  const testRun = openRun();
  const { reader } = openRead(testRun, parts);
  reader.page(
    [
      { id: 'a', colour: 1 },
      { id: 'b', colour: 2 },
    ],
    'parts',
  );
  reader.page([{ id: 'c', colour: 3, size: 1 }], 'parts');
  expect(testRun.printed.logged('WARN')).toEqual([
    expect.stringMatching(/^parts: the API sends the field "colour", .* destinations drop it/),
    expect.stringContaining('"size"'),
  ]);
});

test('a warning about an undeclared field truncates a long name', () => {
  const testRun = openRun();
  const { reader } = openRead(testRun, parts);
  reader.page([{ id: 'a', ['x'.repeat(500)]: 1 }], 'parts');
  const [warning = ''] = testRun.printed.logged('WARN');
  expect(warning.length).toBeLessThan(300);
});

describe('a stream that emits only declared fields', () => {
  const strict = { ...parts, dropped: ['link'] };

  test('an undeclared field is omitted with one warning, and a known field to be dropped is omitted without a warning', () => {
    const testRun = openRun();
    const { reader } = openRead(testRun, strict);
    reader.emit(reader.page([{ id: 'a', colour: 'secret', link: 'secret' }], 'parts'));
    reader.emit(reader.page([{ id: 'b', colour: 'secret', link: null, size: null }], 'parts'));
    expect(testRun.printed.rows).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(testRun.printed.logged('WARN')).toEqual([
      'parts: the API sends the field "colour", which the catalog does not declare; the field could contain a secret, so it is omitted until a later connector release declares it',
    ]);
  });
});

test('rows before start_date are omitted and counted, but rows at that date and undated rows are emitted', () => {
  const testRun = openRun({ startDate: '2018-08-22T00:00:00.000Z' });
  const { reader } = openRead(testRun, parts);
  const at = (id: string, created_at: unknown): unknown => ({ id, created_at });
  const rows = [
    at('old', '2018-08-21T23:59:59.999Z'),
    at('zoned', '2018-08-22T01:00:00+02:00'),
    at('edge', '2018-08-22T00:00:00Z'),
    at('undated', null),
    at('odd', 'someday'),
  ];
  reader.emit(reader.page(rows, 'parts'));
  expect(testRun.printed.rows.map(({ id }) => id)).toEqual(['edge', 'undated', 'odd']);
  expect(reader.beforeStartDate).toBe(2);
});

test('start_date does not affect streams without a date field', () => {
  const testRun = openRun({ startDate: '2018-08-22T00:00:00.000Z' });
  const { reader } = openRead(testRun, addons);
  reader.emit(reader.page([{ name: 'a', created_at: '2000-01-01T00:00:00Z' }], 'addons', { deployment_id: 'd1' }));
  expect(testRun.printed.rows).toHaveLength(1);
});

test('page requests stop when the reader of stdout stalls and all permits are in use', async () => {
  const out = new StalledOutput();
  const testRun = openRun({ workers: 2, printed: new Printout(out), answers: { parts: page(1_000) } });
  const { reader } = openRead(testRun, parts);
  const requests = Array.from({ length: 6 }, async () => {
    await reader.readPage({ path: 'parts' }, rowsOf, (each) => reader.emit(each));
  });
  await everyoneElse();
  expect(testRun.api.requests).toHaveLength(2);
  await out.takeAll();
  await Promise.all(requests);
  expect(testRun.api.requests).toHaveLength(6);
});

test('any JSON body results in a record for each row, a warning, or an error that explains the problem', () => {
  const row = fc.oneof(
    fc.record({ id: fc.oneof(fc.string(), fc.jsonValue()), name: fc.jsonValue() }, { requiredKeys: [] }),
    fc.jsonValue(),
  );
  const list = fc.oneof(fc.array(row, { maxLength: 3 }), fc.jsonValue());
  const body = fc.oneof(fc.record({ _embedded: fc.record({ list }) }), fc.record({ _embedded: list }), fc.jsonValue());
  const shapeOf = (definition: Stream<ComposeShared>, given: unknown): number | ConnectorError => {
    const { rows, warnings = [] } = embeddedRows(given, 'list', 'somewhere');
    const { reader } = openRead(openRun(), definition);
    const { rows: shaped } = reader.page(rows, 'somewhere', { deployment_id: 'd1' });
    for (const data of shaped) expect(reader.keyOf(data)).toMatch(/./s);
    expect(shaped.length + warnings.length > 0 || rows.length === 0).toBe(true);
    return shaped.length;
  };
  fc.assert(
    fc.property(fc.constantFrom(parts, backups, addons), body, (definition, given) => {
      const sent = (given as { _embedded?: { list?: unknown } } | null)?._embedded?.list;
      try {
        expect(shapeOf(definition, structuredClone(given))).toBe(Array.isArray(sent) ? sent.length : 0);
      } catch (error) {
        expect(error).toBeInstanceOf(ConnectorError);
        expect(error).toMatchObject({
          problem: 'unexpected_body',
          message: expect.stringContaining('somewhere') as string,
        });
      }
    }),
    { numRuns: 500 },
  );
});
