import { expect, test } from 'vitest';
import { type OpenTap, openTap } from '../../../test-support/unit/singer.ts';
import { CheckpointedSink } from '../../core/output/checkpoints.ts';
import { type Stream, cursorFieldOf } from '../../core/stream/stream.ts';
import { STREAMS } from '../../streams.ts';
import { bookmarkFormatOf } from './bookmarks.ts';
import { TapLog } from './log.ts';
import { SingerOutput } from './output.ts';
import { StateLines } from './state-lines.ts';

const definitions = (STREAMS['compose'] ?? []).filter(({ name }) => ['audit_events', 'teams'].includes(name));

interface Open {
  tap: OpenTap;
  /** The high-water mark of each stream's next state, by stream name. Tests set it. */
  at: Record<string, number>;
  sink: (name: string) => CheckpointedSink;
}

function open(): Open {
  const tap = openTap();
  const states = new StateLines(tap.context.writer, { bookmarks: new Map(), rest: {} }, Date.now);
  const at: Record<string, number> = {};
  const streams = definitions.map((definition: Stream) => ({
    definition,
    mode: 'incremental' as const,
    state: {},
    where: '',
    deselected: new Set<string>(),
    format: bookmarkFormatOf('compose', definition),
  }));
  const output = new SingerOutput(tap.context, new TapLog(tap.context), streams, states);
  states.send();
  const sink = (name: string): CheckpointedSink => {
    const resumable = definitions.some((stream) => stream.name === name && cursorFieldOf(stream) !== undefined);
    const checkpointed = new CheckpointedSink(
      output.stream(name),
      resumable ? () => ({ mark: at[name] }) : undefined,
      Date.now,
    );
    checkpointed.started();
    return checkpointed;
  };
  return { tap, at, sink };
}

const marksIn = ({ tap }: Open): unknown[] =>
  tap
    .messages()
    .flatMap((message) =>
      message.type === 'STATE' ? [message.value.bookmarks['audit_events']?.['replication_key_value']] : [],
    );

function records(all: Open, sink: CheckpointedSink, count: number): void {
  for (let i = 0; i < count; i += 1) {
    all.at['audit_events'] = (all.at['audit_events'] ?? 0) + 1;
    sink.record({ id: `e${all.at['audit_events']}`, created_at: '2023-02-28T12:00:00.000Z' }, 0, undefined);
    sink.checkpointIfDue();
  }
}

test('a STATE is printed with each checkpoint and covers only records that were printed', () => {
  const all = open();
  const sink = all.sink('audit_events');
  records(all, sink, 800);
  expect(marksIn(all)).toEqual([undefined, 250, 500, 750]);
  sink.end(true);
  expect(marksIn(all).at(-1)).toBe(800);
});

test('a rate limit that several streams report is logged once, and new bookmarks are printed before the wait', () => {
  const all = open();
  const events = all.sink('audit_events');
  const teams = all.sink('teams');
  records(all, events, 20);
  for (const sink of [events, teams]) sink.held(Date.parse('2030-01-01T00:00:00Z'));
  expect(marksIn(all)).toEqual([undefined, 20]);
  expect(all.tap.log()).toEqual([
    "WARNING the API's rate limit was exceeded; requests resume at 2030-01-01T00:00:00.000Z",
  ]);
});
