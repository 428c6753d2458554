import { expect, test } from 'vitest';
import { type OpenTap, inputFile, openTap } from '../../../test-support/unit/singer.ts';
import { CheckpointedSink } from '../../core/output/checkpoints.ts';
import type { Row } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf } from '../../core/stream/stream.ts';
import { STREAMS } from '../../streams.ts';
import { SingerOutput } from './output.ts';
import { StateLines } from './state-lines.ts';

// The core's checkpoints come for each stream by itself, and more often than a STATE of all streams may.

const definitions = (STREAMS['compose'] ?? []).filter(({ name }) => ['audit_events', 'teams'].includes(name));

interface Open {
  tap: OpenTap;
  output: SingerOutput;
  /** What each stream has in its state, set by the test. */
  at: Record<string, number>;
  sink: (name: string) => CheckpointedSink;
}

function open(env: Record<string, string> = {}): Open {
  const tap = openTap(env);
  const output = new SingerOutput(tap.context, false);
  const states = new StateLines(tap.context.writer, { bookmarks: new Map(), rest: {} }, Date.now);
  const at: Record<string, number> = {};
  const streams = definitions.map((definition: Stream) => ({
    definition,
    mode: 'incremental' as const,
    deselected: new Set<string>(),
    bookmark: cursorFieldOf(definition) === undefined ? undefined : (state: object) => state as Row,
  }));
  output.open(streams, states);
  states.first();
  const sink = (name: string): CheckpointedSink => {
    const resumable = definitions.some((stream) => stream.name === name && cursorFieldOf(stream) !== undefined);
    const checkpointed = new CheckpointedSink(
      output.stream(name),
      resumable ? () => ({ at: at[name] }) : undefined,
      Date.now,
    );
    checkpointed.started();
    return checkpointed;
  };
  return { tap, output, at, sink };
}

const marksIn = ({ tap }: Open): unknown[] =>
  tap
    .messages()
    .flatMap((message) => (message.type === 'STATE' ? [message.value.bookmarks['audit_events']?.['at']] : []));

function records(all: Open, sink: CheckpointedSink, count: number): void {
  for (let i = 0; i < count; i += 1) {
    all.at['audit_events'] = (all.at['audit_events'] ?? 0) + 1;
    sink.record({ id: `e${all.at['audit_events']}`, created_at: '2023-02-28T12:00:00.000Z' }, 0, undefined);
    sink.checkpointIfDue();
  }
}

test('a STATE of 1,000 records covers what was checkpointed, and never what was not printed', () => {
  const all = open();
  const sink = all.sink('audit_events');
  records(all, sink, 3_500);
  expect(marksIn(all)).toEqual([undefined, 1_000, 2_000, 3_000]);
  sink.complete();
  expect(marksIn(all).at(-1)).toBe(3_500);
});

test('before a long wait goes out what was kept back, whichever stream waits', () => {
  const all = open();
  const events = all.sink('audit_events');
  const teams = all.sink('teams');
  records(all, events, 300);
  expect(marksIn(all)).toEqual([undefined]);
  teams.waits();
  expect(marksIn(all)).toEqual([undefined, 250]);
  records(all, events, 20);
  events.waits();
  expect(marksIn(all)).toEqual([undefined, 250, 320]);
  teams.complete();
  teams.waits();
  expect(marksIn(all)).toHaveLength(3);
});

test('a rate limit is told once, and is a wait like any other', () => {
  const all = open();
  const events = all.sink('audit_events');
  const teams = all.sink('teams');
  records(all, events, 20);
  for (const sink of [events, teams]) sink.held(Date.parse('2030-01-01T00:00:00Z'));
  expect(marksIn(all)).toEqual([undefined, 20]);
  expect(all.tap.log()).toEqual([
    'WARNING the rate limit of the API is used up; requests go on at 2030-01-01T00:00:00.000Z',
  ]);
});

test('a structured line of the log that is about a stream says which', () => {
  const { output, tap } = open({ SINGER_SDK_LOG_CONFIG: inputFile('StructuredFormatter') });
  output.log('warn', 'audit_events: something');
  output.log('warn', 'nobody: something');
  output.fatal('teams: something', 'config_error');
  const lines = tap.log().map((line) => JSON.parse(line) as { stream_name: unknown });
  expect(lines.map(({ stream_name }) => stream_name)).toEqual(['audit_events', null, 'teams']);
});

test('a stream that was not opened has no sink', () => {
  expect(() => open().output.stream('clusters')).toThrow('the stream clusters was not opened');
});
