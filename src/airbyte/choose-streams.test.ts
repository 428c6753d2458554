import { describe, expect, test } from 'vitest';
import type { ConfiguredStream } from './configured-catalog.ts';
import { events, parts } from '../../test-support/unit/reads.ts';
import { chooseStreams } from './choose-streams.ts';

const choose = (...configured: ConfiguredStream[]): ReturnType<typeof chooseStreams> =>
  chooseStreams(configured, [parts, events]);
const stream = (name: string, syncMode: unknown = 'full_refresh', namespace?: string): ConfiguredStream => ({
  descriptor: namespace === undefined ? { name } : { name, namespace },
  syncMode,
});

test('streams are read in the order and mode of the catalog', () => {
  expect(choose(stream('events', 'incremental'), stream('parts'))).toEqual({
    chosen: [
      { definition: events, mode: 'incremental' },
      { definition: parts, mode: 'full_refresh' },
    ],
    unusable: [],
  });
  expect(choose(stream('events')).chosen).toEqual([{ definition: events, mode: 'full_refresh' }]);
});

test('a stream without a cursor is read in full, though it is asked for incrementally', () => {
  expect(choose(stream('parts', 'incremental')).chosen).toEqual([{ definition: parts, mode: 'full_refresh' }]);
});

describe('one that is wrong is told of, once, and does not hinder the others', () => {
  test.each([
    [[stream('widgets')], 'The stream widgets does not exist. This connector has: parts, events. Refresh the catalog.'],
    [
      [stream('constructor')],
      'The stream constructor does not exist. This connector has: parts, events. Refresh the catalog.',
    ],
    [
      [stream('events', 'full_refresh', 'compose')],
      'The stream compose.events does not exist. This connector has: parts, events. Refresh the catalog.',
    ],
    [
      [stream('events', 'INVALID')],
      'The stream events has no sync_mode that exists ("INVALID"). Set it to full_refresh or incremental.',
    ],
    [
      [stream('events', null)],
      'The stream events has no sync_mode that exists (null). Set it to full_refresh or incremental.',
    ],
    [
      [stream('events', 'incremental'), stream('events'), stream('events')],
      'The configured catalog holds the stream events 3 times. Leave it in once.',
    ],
  ])('%j', (wrong, message) => {
    const { chosen, unusable } = choose(...wrong, stream('parts'));
    expect(chosen).toEqual([{ definition: parts, mode: 'full_refresh' }]);
    expect(unusable).toMatchObject([{ descriptor: wrong[0]?.descriptor, error: { message } }]);
    expect(unusable[0]?.error.failureType).toBe('config_error');
  });

  test('each has its own complaint', () => {
    const { chosen, unusable } = choose(stream('widgets'), stream('events', 'INVALID'), stream('gadgets'));
    expect(chosen).toEqual([]);
    expect(unusable.map(({ descriptor }) => descriptor.name)).toEqual(['widgets', 'events', 'gadgets']);
  });
});
