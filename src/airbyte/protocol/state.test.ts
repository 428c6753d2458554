import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../core/failure/errors.ts';
import { stateLine } from './output.ts';
import { parseState } from './state.ts';

const stream = (name: string, state: unknown): object => ({
  type: 'STREAM',
  stream: { stream_descriptor: { name }, stream_state: state },
});
const neverWarned = (sentence: string): void => expect.fail(sentence);
const states = (text: string): object => Object.fromEntries(parseState('s.json', text, neverWarned));
const streamState = (name: string, state: object, count: number): unknown =>
  JSON.parse(stateLine(name, JSON.stringify(state), count));
const lines = (...values: unknown[]): string => values.map((value) => JSON.stringify(value) + '\n').join('');

const TWO = { audit_events: { mark: 'a' }, deployments_recipes: { marks: {} } };
const twoStates = Object.entries(TWO).map(([name, state]) => stream(name, state));

describe('a state file', () => {
  test.each<[form: string, text: string, states: object]>([
    ['nothing', '', {}],
    ['an empty object', '{}', {}],
    ['an array of states', JSON.stringify(twoStates), TWO],
    ['a single state', JSON.stringify(twoStates[0]), { audit_events: TWO.audit_events }],
    ['one state per line', lines(...twoStates), TWO],
    ['STATE messages as printed by read', lines(streamState('audit_events', { mark: 'b' }, 7)), states2('b')],
    ['the whole output of read', lines(...outputOfRead()), states2('c')],
    ['Windows line endings', lines(...twoStates).replaceAll('\n', '\r\n'), TWO],
    ['indented JSON', JSON.stringify(twoStates, null, 2), TWO],
    ['the same stream twice', JSON.stringify([stream('a', { n: 1 }), stream('a', { n: 2 })]), { a: { n: 2 } }],
    ['a state without a type', JSON.stringify({ ...stream('a', { n: 1 }), type: undefined }), { a: { n: 1 } }],
    ['an empty LEGACY state', '[{"data":{}},{"type":"LEGACY","data":{}}]', {}],
    ['nulls', JSON.stringify([{ ...stream('a', { n: null }), global: null, data: null, x: null }]), { a: { n: null } }],
    [
      'unknown fields',
      JSON.stringify([{ ...stream('a', {}), id: 3, destinationStats: { recordCount: 1 } }]),
      { a: {} },
    ],
    ['a stream without a state', JSON.stringify([stream('a', null)]), { a: {} }],
  ])('may contain %s', (_, text, expected) => {
    expect(states(text)).toEqual(expected);
  });
});

describe('a truncated line', () => {
  test('is skipped with a warning if it is the last line, and earlier states are used', () => {
    const whole = lines(...twoStates);
    for (let cut = 1; cut < 40; cut += 1) {
      const warnings: string[] = [];
      const torn = whole + lines(stream('audit_events', { mark: 'later' })).slice(0, cut);
      expect(Object.fromEntries(parseState('s.json', torn, (sentence) => warnings.push(sentence)))).toEqual(TWO);
      expect(warnings).toEqual([
        'the last line of the state file s.json is truncated, so only the states before it are used',
      ]);
    }
  });

  test('causes an error if it is the only line or is followed by other lines', () => {
    const torn = '{"type":"STATE","sta';
    expect(() => states(torn)).toThrow('line 1 is invalid');
    expect(() => states(`${lines(...twoStates)}${torn}\n${lines(...twoStates)}`)).toThrow('line 3 is invalid');
    expect(() => states(`${lines(...twoStates)}${torn}\n`)).toThrow('line 3 is invalid');
  });
});

function states2(mark: string): object {
  return { audit_events: { mark } };
}

function outputOfRead(): unknown[] {
  return [
    { type: 'LOG', log: { level: 'INFO', message: 'x' } },
    { type: 'TRACE', trace: {} },
    { type: 'RECORD', record: { stream: 'audit_events', data: {} } },
    streamState('audit_events', { mark: 'b' }, 1),
    streamState('audit_events', { mark: 'c' }, 0),
  ];
}

describe('an invalid state file', () => {
  const file = 'The state file s.json';
  test.each([
    ['[null]', `${file} cannot be used: entry 1 is not a STREAM state whose stream_state is an object.`],
    ['[{},"x"]', `${file} cannot be used: entry 2 is not a STREAM state whose stream_state is an object.`],
    ['{"mark":"x"}', `${file} cannot be used: entry 1 is not a STREAM state whose stream_state is an object.`],
    [
      '[{},{"type":"CATALOG"}]',
      `${file} cannot be used: entry 2 is not a STREAM state whose stream_state is an object.`,
    ],
    [
      '{"type":"GLOBAL","global":{}}',
      `${file} cannot be used: entry 1 is not a STREAM state whose stream_state is an object.`,
    ],
    [
      '{"type":"LEGACY","data":{"audit_events":{}}}',
      `${file} cannot be used: entry 1 is not a STREAM state whose stream_state is an object.`,
    ],
    ['{"type":"STREAM"}', `${file} cannot be used: entry 1 is not a STREAM state whose stream_state is an object.`],
    [
      '[{},{"stream":{"stream_descriptor":{"name":"a"},"stream_state":[]}}]',
      `${file} cannot be used: entry 2 is not a STREAM state whose stream_state is an object. Pass the STATE lines that a read printed.`,
    ],
    [
      '{}\nhunter2',
      `${file} is neither JSON nor JSON Lines: line 2 is invalid. Pass only complete STATE lines from a read.`,
    ],
    [
      '{"type": hunter2}',
      `${file} is neither JSON nor JSON Lines: line 1 is invalid. Pass only complete STATE lines from a read.`,
    ],
  ])('causes an error: %s', (text, sentence) => {
    expect(() => states(text)).toThrow(sentence);
    expect(() => states(text)).toThrow(ConnectorError);
  });
});

/** Random JSON values that contain the keys and types of states. */
const nearState = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('STREAM', 'GLOBAL', 'LEGACY', 'STATE', 'LOG', null, {}, []),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(...'type state stream stream_descriptor stream_state name data global __proto__'.split(' ')),
      tie('value'),
    ),
  ),
})).value;

test.each([
  ['any JSON', nearState.map((value) => JSON.stringify(value))],
  ['lines of any JSON', fc.array(nearState).map((values) => lines(...values))],
  ['any text', fc.string()],
])('a state file that contains %s results in states or a ConnectorError', (_, text) => {
  fc.assert(
    fc.property(text, (content) => {
      try {
        for (const state of parseState('s.json', content, neverWarned).values()) {
          expect(typeof state === 'object' && state !== null && !Array.isArray(state)).toBe(true);
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'ConnectorError', problem: 'input_unusable' });
        expect((error as Error).message).toMatch(/^The state file s\.json .*\.$/s);
      }
    }),
    { numRuns: 1_000 },
  );
});
