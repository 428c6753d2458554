import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OpenTap, openTap } from '../../../test-support/unit/singer.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { STREAMS } from '../../streams.ts';
import type { Stream } from '../../core/stream/stream.ts';
import { type BookmarkFormat, bookmarkFormatOf, bookmarkOf } from './bookmarks.ts';
import type { TapState } from './state-file.ts';
import { StateLines } from './state-lines.ts';

const EMPTY: TapState = { bookmarks: new Map(), rest: {} };
const FORMATS = { audit_events: formatOf('audit_events'), deployments_recipes: formatOf('deployments_recipes') };

function formatOf(name: string): BookmarkFormat {
  const stream = STREAMS['compose']?.find((each) => each.name === name);
  return bookmarkFormatOf('compose', stream as Stream) as BookmarkFormat;
}

const bookmarkAt = (mark: number): Row => bookmarkOf({ mark }, FORMATS.audit_events);

interface Open {
  lines: StateLines;
  tap: OpenTap;
  clock: { now: number };
  states: () => Row[];
}

function open(state: TapState = EMPTY): Open {
  const tap = openTap();
  const clock = { now: 0 };
  const lines = new StateLines(tap.context.writer, state, () => clock.now);
  const states = (): Row[] => tap.messages().flatMap((message) => (message.type === 'STATE' ? [message.value] : []));
  return { lines, tap, clock, states };
}

/** Reports `count` printed records of the given length, and then sets the state of the stream `a`. */
function records({ lines }: Open, count: number, characters: number, mark: number): void {
  for (let i = 0; i < count; i += 1) lines.printed(characters);
  lines.set('a', { mark }, FORMATS.audit_events);
}

describe('a STATE message', () => {
  test('always contains the key bookmarks, even if there are none', () => {
    const { lines, states } = open();
    lines.send();
    expect(states()).toEqual([{ bookmarks: {} }]);
  });

  test('contains all other content of the input state unchanged', () => {
    const given = {
      bookmarks: new Map<string, unknown>([
        ['a', bookmarkAt(0)],
        ['other', { x: [1, null] }],
        ['odd', 5],
      ]),
      rest: { currently_syncing: null, list: [1] },
    };
    const { lines, states } = open(given);
    lines.set('a', { mark: 1 }, FORMATS.audit_events);
    lines.set('new', { mark: 2 }, FORMATS.audit_events);
    lines.send();
    lines.printed(10);
    lines.final();
    const value = {
      bookmarks: { a: bookmarkAt(1), other: { x: [1, null] }, odd: 5, new: bookmarkAt(2) },
      currently_syncing: null,
      list: [1],
    };
    expect(states()).toEqual([value, value]);
  });
});

describe('the next STATE message', () => {
  test('follows a large one only after four times its size has been printed', () => {
    const all = open();
    const large = { mark: 'x'.repeat(10_000) };
    all.lines.set('a', large, FORMATS.audit_events);
    all.lines.send();
    records(all, 1_000, 30, 1);
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(1);
    records(all, 500, 30, 1);
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(2);
  });

  test('is printed after 10 seconds, even if little else was printed', () => {
    const all = open();
    all.lines.send();
    records(all, 1, 1, 1);
    all.clock.now = 9_999;
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(1);
    all.clock.now = 10_000;
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(2);
  });

  test('is printed at the end of a stream if there are new bookmarks', () => {
    const all = open();
    all.lines.send();
    all.lines.sendIfNew();
    expect(all.states()).toHaveLength(1);
    records(all, 0, 0, 1);
    all.lines.sendIfNew();
    all.lines.sendIfNew();
    expect(all.states()).toHaveLength(2);
  });

  test('is printed at the end of the sync if anything followed the last one', () => {
    const all = open();
    all.lines.send();
    all.lines.final();
    expect(all.states()).toHaveLength(1);
    all.lines.printed(100);
    all.lines.final();
    expect(all.states()).toHaveLength(2);
    records(all, 0, 0, 1);
    all.lines.final();
    expect(all.states()).toHaveLength(3);
  });
});

/** Merges two states as Meltano does: objects are merged key by key, and any other value is replaced. */
function merged(older: unknown, newer: unknown): unknown {
  if (!isRow(older) || !isRow(newer)) return newer;
  if (Object.values(newer).some((value, i) => isRow(value) && older[Object.keys(newer)[i] ?? ''] === null)) {
    throw new TypeError("'NoneType' object does not support item assignment");
  }
  const result: Row = { ...older };
  for (const [key, value] of Object.entries(newer)) result[key] = key in older ? merged(older[key], value) : value;
  return result;
}

const T = fc
  .integer({ min: 0, max: 9_999 })
  .map((n) => `2023-01-01T00:00:0${Math.floor(n / 1_000)}.${String(n % 1_000).padStart(3, '0')}Z`);
const optional = <V>(value: fc.Arbitrary<V>): fc.Arbitrary<V | undefined> => fc.option(value, { nil: undefined });
const step = fc.oneof(
  fc.record({
    stream: fc.constant('audit_events'),
    state: fc.record({
      mark: optional(T),
      start_date: optional(T),
      walk: optional(
        fc.record({
          cursor: fc.constantFrom('c1', 'c2'),
          top: optional(T),
          before: optional(fc.constantFrom('b1', 'b2')),
          floor: optional(T),
        }),
      ),
    }),
  }),
  fc.record({
    stream: fc.constant('deployments_recipes'),
    state: fc.record({
      start_date: optional(T),
      marks: fc.dictionary(fc.constantFrom('d1', 'd2', 'd3'), T),
      pending: optional(fc.uniqueArray(fc.constantFrom('r1', 'r2'), { minLength: 1 })),
    }),
  }),
);
test("merging any state with a later state in Meltano's way results in the later state", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.jsonValue(), (steps, foreign) => {
      const all = open({ bookmarks: new Map([['other', { foreign }]]), rest: { foreign } });
      const set = (stream: keyof typeof FORMATS, state: Row): void => all.lines.set(stream, state, FORMATS[stream]);
      set('audit_events', {});
      set('deployments_recipes', { marks: {} });
      all.lines.send();
      for (const { stream, state } of steps) {
        set(stream, state);
        all.lines.sendIfNew();
      }
      const states = all.states();
      for (const [i, older] of states.entries()) {
        for (const later of states.slice(i)) expect(merged(older, later)).toEqual(later);
      }
    }),
    { numRuns: 200 },
  );
});
