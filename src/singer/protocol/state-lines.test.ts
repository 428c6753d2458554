import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OpenTap, openTap } from '../../../test-support/unit/singer.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { STREAMS } from '../../streams.ts';
import { type Bookmarked, bookmarkOf, bookmarked } from './bookmarks.ts';
import type { TapState } from './state-file.ts';
import { StateLines } from './state-lines.ts';

const EMPTY: TapState = { bookmarks: new Map(), rest: {} };
const mark = (at: number): Row => ({ mark: at });

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

/** As many records as this, of so many bytes each, behind which the stream stands elsewhere. */
function records({ lines }: Open, count: number, bytes: number, at: number): void {
  for (let i = 0; i < count; i += 1) lines.printed(bytes, 1);
  lines.set('a', () => mark(at));
}

describe('what it says', () => {
  test('the first says where the run starts, and is never empty', () => {
    const { lines, states } = open();
    lines.first();
    expect(states()).toEqual([{ bookmarks: {} }]);
  });

  test('what the input held beside the streams that are read is passed on unchanged', () => {
    const given = {
      bookmarks: new Map([
        ['a', mark(0)],
        ['other', { x: [1, null] }],
      ]),
      rest: { currently_syncing: null, list: [1] },
    };
    const { lines, states } = open(given);
    lines.set('a', () => mark(1));
    lines.set('new', () => mark(2));
    lines.first();
    lines.printed(10, 1);
    lines.final();
    const value = {
      bookmarks: { a: mark(1), other: { x: [1, null] }, new: mark(2) },
      currently_syncing: null,
      list: [1],
    };
    expect(states()).toEqual([value, value]);
  });

  test('a bookmark is made only when a STATE goes out, and once for each that is set', () => {
    const { lines, states } = open();
    let made = 0;
    for (let i = 0; i < 5; i += 1) lines.set('a', () => mark((made += 1)));
    lines.first();
    lines.printed(10, 1);
    lines.final();
    expect(made).toBe(1);
    expect(states().at(-1)).toEqual({ bookmarks: { a: mark(1) } });
  });
});

describe('when it goes out', () => {
  test('but a large one only when four times its bytes were printed', () => {
    const all = open();
    const large = { text: 'x'.repeat(10_000) };
    all.lines.first();
    for (let i = 0; i < 1_000; i += 1) all.lines.printed(30, 1);
    all.lines.set('a', () => large);
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(1);
    for (let i = 0; i < 500; i += 1) all.lines.printed(30, 1);
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(2);
  });

  test('at 10 seconds, whatever was printed', () => {
    const all = open();
    all.lines.first();
    records(all, 1, 1, 1);
    all.clock.now = 9_999;
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(1);
    all.clock.now = 10_000;
    all.lines.sendIfDue();
    expect(all.states()).toHaveLength(2);
  });

  test('before a wait, if enough was printed for it', () => {
    const all = open();
    all.lines.first();
    records(all, 1, 100, 1);
    all.lines.sendIfWorthIt();
    expect(all.states()).toHaveLength(1);
    records(all, 3, 100, 2);
    all.lines.sendIfWorthIt();
    expect(all.states()).toHaveLength(2);
    // Nothing new, however long it has been.
    all.clock.now = 60_000;
    all.lines.sendIfWorthIt();
    expect(all.states()).toHaveLength(2);
  });

  test('when a stream ends, if it says anything new', () => {
    const all = open();
    all.lines.first();
    all.lines.sendIfNew();
    expect(all.states()).toHaveLength(1);
    all.lines.set('a', () => mark(1));
    all.lines.sendIfNew();
    all.lines.set('a', () => mark(1));
    all.lines.sendIfNew();
    expect(all.states()).toHaveLength(2);
  });

  test('at the end, if anything followed the last one', () => {
    const all = open();
    all.lines.first();
    all.lines.final();
    expect(all.states()).toHaveLength(1);
    all.lines.printed(100, 0);
    all.lines.final();
    expect(all.states()).toHaveLength(2);
    all.lines.set('a', () => mark(1));
    all.lines.final();
    expect(all.states()).toHaveLength(3);
  });
});

/** Meltano's merge of an older state with a newer one: objects key by key, anything else is replaced. */
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
const ABOUT = { audit_events: aboutOf('audit_events'), deployments_recipes: aboutOf('deployments_recipes') };

function aboutOf(name: string): Bookmarked {
  const about = STREAMS['compose']?.flatMap((stream) =>
    stream.name === name ? (bookmarked('compose', stream) ?? []) : [],
  );
  return about?.[0] as Bookmarked;
}

test("Meltano's merge of any state with a later one gives the later one", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), fc.jsonValue(), (steps, foreign) => {
      const all = open({ bookmarks: new Map([['other', { foreign }]]), rest: { foreign } });
      const set = (stream: keyof typeof ABOUT, state: Row): void =>
        all.lines.set(stream, () => bookmarkOf({ version: 1, ...state }, ABOUT[stream]));
      set('audit_events', {});
      set('deployments_recipes', { marks: {} });
      all.lines.first();
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
