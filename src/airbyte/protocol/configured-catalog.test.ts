import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../core/failure/errors.ts';
import { type ConfiguredStream, parseConfiguredCatalog, syncModeOf } from './configured-catalog.ts';

const parse = (raw: unknown): ConfiguredStream[] => parseConfiguredCatalog('l.json', raw);

test('the streams come in their order, with what clients add left alone', () => {
  const catalog = {
    streams: [
      { stream: { name: 'teams', json_schema: {}, supported_sync_modes: ['full_refresh'] }, sync_mode: 'full_refresh' },
      {
        stream: { name: 'audit_events', namespace: null },
        sync_mode: 'incremental',
        cursor_field: null,
        primary_key: [],
      },
      { stream: { name: 'x', namespace: 'n' }, sync_mode: 'full_refresh', destination_sync_mode: 'append', sync_id: 1 },
      { stream: { name: 'y', namespace: '' } },
    ],
    more: null,
  };
  expect(parse(catalog)).toEqual([
    { descriptor: { name: 'teams' }, syncMode: 'full_refresh' },
    { descriptor: { name: 'audit_events' }, syncMode: 'incremental' },
    { descriptor: { name: 'x', namespace: 'n' }, syncMode: 'full_refresh' },
    { descriptor: { name: 'y' }, syncMode: undefined },
  ]);
});

test('no streams are no error', () => {
  expect(parse({ streams: [] })).toEqual([]);
});

describe('a catalog that cannot be used', () => {
  const file = 'The catalog file l.json';
  test.each([
    [[], `${file} must hold a JSON object with "streams"; it holds an array.`],
    [null, `${file} must hold a JSON object with "streams"; it holds null.`],
    [{}, `${file} cannot be used: streams must be an array of configured streams.`],
    [{ streams: {} }, `${file} cannot be used: streams must be an array of configured streams.`],
    [{ streams: [1] }, `${file} cannot be used: streams[0] must be an object with "stream" and "sync_mode".`],
    [
      // A line too little: the streams of a catalog as it was discovered.
      { streams: [{ name: 'teams', json_schema: {} }] },
      `${file} cannot be used: streams[0].stream is missing: read takes a configured catalog, in which each entry holds "stream" and "sync_mode"; discover --configured prints one.`,
    ],
    [{ streams: [{ stream: {} }] }, `${file} cannot be used: streams[0].stream.name must be a string.`],
    [{ streams: [{ stream: { name: '' } }] }, `${file} cannot be used: streams[0].stream.name is empty.`],
    [
      { streams: [{ stream: { name: 'a' } }, { stream: { name: 'b', namespace: 1 } }] },
      `${file} cannot be used: streams[1].stream.namespace must be a string.`,
    ],
  ])('%j', (raw, sentence) => {
    expect(() => parse(raw)).toThrow(sentence);
    expect(() => parse(raw)).toThrow(ConnectorError);
  });

  test('what discover printed is recognized', () => {
    expect(() => parse({ type: 'CATALOG', catalog: { streams: [] } })).toThrow(
      /holds what discover printed\. Make a configured catalog with discover --configured, or use --streams all\.$/,
    );
  });
});

test('any JSON ends in streams or a ConnectorError', () => {
  const near = fc.record(
    { name: fc.jsonValue(), namespace: fc.jsonValue(), type: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const entry = fc.oneof(
    fc.jsonValue(),
    fc.record({ stream: fc.oneof(fc.jsonValue(), near), sync_mode: fc.jsonValue() }),
  );
  const catalog = fc.oneof(fc.jsonValue(), fc.record({ streams: fc.oneof(fc.jsonValue(), fc.array(entry)) }));
  fc.assert(
    fc.property(catalog, (raw) => {
      try {
        for (const { descriptor } of parse(raw)) expect(descriptor.name).toMatch(/./s);
      } catch (error) {
        expect(error).toBeInstanceOf(ConnectorError);
        expect((error as Error).message).toMatch(/^The catalog file l\.json .*\.$/s);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['full_refresh', 'full_refresh'],
  ['incremental', 'incremental'],
  ['INVALID', undefined],
  ['', undefined],
  [null, undefined],
  [['incremental'], undefined],
])('the sync mode %j is %j', (value, mode) => {
  expect(syncModeOf(value)).toBe(mode);
});
