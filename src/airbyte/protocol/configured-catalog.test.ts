import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../core/failure/errors.ts';
import type { Row } from '../../core/record/row.ts';
import { type ConfiguredStream, streamsIn } from './configured-catalog.ts';

const parse = (raw: Row): ConfiguredStream[] => streamsIn(raw, 'l.json');

test('the streams of a configured catalog keep their order, and keys added by clients are ignored', () => {
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
      { stream: { name: 'y' } },
    ],
    more: null,
  };
  expect(parse(catalog)).toEqual([
    { name: 'teams', mode: 'full_refresh' },
    { name: 'audit_events', mode: 'incremental' },
    { name: 'n.x', mode: 'full_refresh' },
    { name: 'y', mode: undefined },
  ]);
});

test('a catalog may contain no streams', () => {
  expect(parse({ streams: [] })).toEqual([]);
});

describe('an invalid catalog', () => {
  const file = 'The catalog file l.json cannot be used:';
  test.each([
    [{}, `${file} streams must be an array of configured streams.`],
    [{ streams: {} }, `${file} streams must be an array of configured streams.`],
    [{ streams: [1] }, `${file} streams[0] must be an object`],
    // This catalog contains discovered streams instead of configured streams.
    [{ streams: [{ name: 'teams', json_schema: {} }] }, `${file} streams[0] must be an object`],
    [{ streams: [{ stream: {} }] }, `${file} streams[0] must be an object`],
  ])('causes an error: %j', (raw, sentence) => {
    expect(() => parse(raw)).toThrow(sentence);
    expect(() => parse(raw)).toThrow(ConnectorError);
  });
});
