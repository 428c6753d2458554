import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../core/failure/errors.ts';
import type { Row } from '../../core/record/row.ts';
import { type ConfiguredStream, streamsIn } from './configured-catalog.ts';

const parse = (raw: Row): ConfiguredStream[] => streamsIn(raw, 'l.json');

test('the streams keep their order, and keys added by clients are ignored', () => {
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

test('a catalog may contain no streams', () => {
  expect(parse({ streams: [] })).toEqual([]);
});

describe('an invalid catalog', () => {
  const file = 'The catalog file l.json cannot be used:';
  const notConfigured =
    'is not a configured stream, which is an object with "stream" and "sync_mode"; discover --configured prints a configured catalog';
  test.each([
    [{}, `${file} streams must be an array of configured streams.`],
    [{ streams: {} }, `${file} streams must be an array of configured streams.`],
    [{ streams: [1] }, `${file} streams[0] ${notConfigured}.`],
    // This catalog contains discovered streams instead of configured streams.
    [{ streams: [{ name: 'teams', json_schema: {} }] }, `${file} streams[0] ${notConfigured}.`],
    [{ streams: [{ stream: {} }] }, `${file} streams[0].stream.name must be a non-empty string.`],
    [{ streams: [{ stream: { name: 'a' } }, { stream: { name: '' } }] }, `${file} streams[1].stream.name must be`],
  ])('causes an error: %j', (raw, sentence) => {
    expect(() => parse(raw)).toThrow(sentence);
    expect(() => parse(raw)).toThrow(ConnectorError);
  });
});
