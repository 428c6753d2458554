import { describe, expect, test } from 'vitest';
import type { TapRun } from './judged.ts';
import { RULES, violationsOf } from './referee.ts';
import type { Row } from './transcript.ts';
import {
  DAY,
  GIVEN,
  bookmarks,
  event,
  firstState,
  lastState,
  lastTeam,
  linesOfText,
  metric,
  recipesState,
  record,
  runOf,
  schema,
  state,
  structuredLog,
  validLog,
  validMessages,
  walkState,
} from './valid-run.ts';

const rulesOf = (run: TapRun): string[] => violationsOf(run).map(({ rule }) => rule);
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The valid sync with one message replaced or removed. */
function instead(gone: Row, ...others: unknown[]): unknown[] {
  const messages = validMessages();
  expect(messages.some((message) => isSame(message, gone))).toBe(true);
  return messages.flatMap((message): unknown[] => (isSame(message, gone) ? others : [message]));
}

const log = (...lines: string[]): string => linesOfText([...validLog, ...lines]);
/** The log of a sync that reads nothing. */
const began = (...lines: string[]): string => linesOfText(['INFO tap-compose 1.2.3: sync', ...lines]);
const failed = 'CRITICAL teams: The API does not have this stream. Deselect it.';
const withoutTeams = validLog.filter((line) => !line.includes('teams'));
const walk = (cursor: string, top: string): Row[] => [{ top, cursor, before: 'a', floor: null }];

describe('a valid sync', () => {
  test.each<[string, TapRun]>([
    ['of all streams', runOf(validMessages())],
    ['with a structured log', runOf(validMessages(), { stderr: linesOfText(structuredLog), structured: true })],
    [
      'with a failed stream',
      runOf(validMessages(), {
        exitCode: 1,
        stderr: linesOfText([...withoutTeams, `INFO METRIC: ${JSON.stringify(metric('teams', 2))}`, failed]),
      }),
    ],
    [
      'that failed before it started to read',
      runOf([], { exitCode: 1, stderr: began('CRITICAL The config file c.json does not exist.') }),
    ],
    [
      'that was killed in the middle of a line',
      runOf(validMessages().slice(0, 7), {
        stdout: linesOfText(validMessages().slice(0, 7)) + '{"type":"REC',
        exitCode: null,
        sent: 'SIGKILL',
        stderr: '',
      }),
    ],
    [
      'that was stopped',
      runOf([...validMessages().slice(0, 8), walkState], {
        exitCode: null,
        sent: 'SIGTERM',
        stderr: 'INFO tap-compose 1.2.3: sync\n',
      }),
    ],
    [
      'that resumed from a state',
      runOf([state(bookmarks(DAY(3), [], DAY(2))), ...validMessages().slice(1)], {
        state: state(bookmarks(DAY(3), [], DAY(2)))['value'] as Row,
      }),
    ],
    [
      'with the stack of a bug',
      runOf([], {
        exitCode: 1,
        stderr: began(
          'CRITICAL TypeError: x',
          'TypeError: x',
          '    at here',
          'CRITICAL The connector hit an unexpected error.',
        ),
      }),
    ],
  ])('the referee accepts a sync %s', (_, run) => {
    expect(violationsOf(run)).toEqual([]);
  });
});

/** A defect in the valid sync, and the rules that must catch it. */
const broken: ReadonlyArray<[string, TapRun, string[]]> = [
  [
    'output that ends inside a line',
    { ...runOf([]), stdout: linesOfText(validMessages()).trimEnd() },
    ['3.1 whole lines', '5.3 STATE last'],
  ],
  ['a line of plain text', runOf(instead(lastTeam, lastTeam, 'hello')), ['3.1 one message per line']],
  ['an unknown key in a message', runOf(instead(lastTeam, { ...lastTeam, namespace: null })), ['3.1 known messages']],
  [
    'a non-ASCII letter',
    runOf(instead(lastTeam, record('teams', { id: 'Größe', users: null, size: null }))),
    ['3.1 ASCII'],
  ],
  [
    'the character U+0000',
    runOf(instead(lastTeam, record('teams', { id: 't2', users: ['a\0'], size: null }))),
    ['3.1 no U+0000, no half pairs'],
  ],
  [
    'a line of 20 MB',
    runOf(instead(lastTeam, record('teams', { id: 't2', users: ['x'.repeat(20_000_000)], size: null }))),
    ['2.6 line length'],
  ],
  [
    'a RECORD before its SCHEMA',
    runOf(instead(schema('teams'), lastTeam, schema('teams')), {
      stderr: linesOfText([
        ...withoutTeams,
        `INFO METRIC: ${JSON.stringify(metric('teams', 3))}`,
        'INFO teams: 3 records in 0.1 s',
      ]),
    }),
    ['3.2 SCHEMA before RECORD'],
  ],
  ['a second SCHEMA', runOf(instead(lastTeam, schema('teams'), lastTeam)), ['3.2 SCHEMA once']],
  ['a missing SCHEMA of an empty stream', runOf(instead(schema('clusters'))), ['3.2 SCHEMA of every stream']],
  [
    'a SCHEMA without a key',
    runOf(instead(schema('teams'), { ...schema('teams'), key_properties: [] })),
    ['3.2 a key', '3.3 a value for the key'],
  ],
  [
    'a SCHEMA in the wrong dialect',
    runOf(
      instead(schema('clusters'), {
        ...schema('clusters'),
        schema: { type: 'object', properties: { id: { type: ['null', 'string'] } } },
      }),
    ),
    ['3.2 dialect'],
  ],
  [
    'an additional field in a SCHEMA',
    runOf(instead(schema('clusters'), schema('clusters', { name: { type: ['null', 'string'] } }))),
    ['4.2 SCHEMA fields'],
  ],
  [
    'a value of a different type',
    runOf(instead(lastTeam, record('teams', { id: 't2', users: 'none', size: null }))),
    ['3.3 records match their SCHEMA'],
  ],
  [
    'a time with an offset',
    runOf(instead(event('c', DAY(1)), event('c', '2026-01-01T01:00:00+01:00'))),
    ['3.3 records match their SCHEMA', '3.3 times in UTC'],
  ],
  [
    'a missing field in a record',
    runOf(instead(lastTeam, record('teams', { id: 't2', users: null }))),
    ['3.3 every field', '3.1 whole numbers'],
  ],
  [
    'a deselected field',
    runOf(instead(lastTeam, record('teams', { id: 't2', users: null, size: null, name: 'x' }))),
    ['4.2 no deselected field'],
  ],
  [
    'a null key in a record',
    runOf(instead(lastTeam, record('teams', { id: null, users: null, size: null }))),
    ['3.3 a value for the key'],
  ],
  [
    'an integer with an exponent',
    runOf(instead(lastTeam, record('teams', { id: 't2', users: null, size: 1e21 }))),
    ['3.1 whole numbers'],
  ],
  ['output that does not start with a STATE', runOf(instead(firstState)), ['5.3 STATE first']],
  ['output that does not end with a STATE', runOf(instead(lastState)), ['5.3 STATE last']],
  [
    'an empty STATE',
    runOf(instead(walkState, { type: 'STATE', value: {} })),
    ['5.3 never an empty STATE', '5.2 bookmark format', '5.4 states merge', '5.3 keeps unread bookmarks'],
  ],
  [
    'a bookmark key that is not always present',
    runOf(
      instead(
        walkState,
        state({
          ...bookmarks(null, walk('b', DAY(3)), null),
          recipes: { version: 1, platform: 'compose', partitions: [], pending: [] },
        }),
      ),
    ),
    ['5.2 bookmark format', '5.4 states merge'],
  ],
  [
    'a sync that does not start from its input state',
    runOf(validMessages(), {
      state: {
        ...GIVEN,
        bookmarks: { ...(GIVEN['bookmarks'] as Row), audit_events: bookmarks(DAY(2), [], null)['audit_events'] },
      },
    }),
    ['5.3 starts from the input state'],
  ],
  ['a repeated STATE', runOf(instead(recipesState, recipesState, recipesState)), ['5.3 no repeated STATE']],
  [
    'a bookmark that is ahead of the printed records',
    runOf(instead(lastState, state(bookmarks(DAY(4), [], DAY(2))))),
    ['3.4 not ahead of its records'],
  ],
  [
    'states that make up half of the output',
    runOf(
      instead(
        lastTeam,
        ...Array.from({ length: 200 }, (_, i) => [
          state(bookmarks(null, walk('b', DAY(3)), null), { currently_syncing: 'x', pad: `${i} ${'s'.repeat(500)}` }),
          event(`e${i}`, DAY(1)),
        ]).flat(),
        lastTeam,
      ),
      { stderr: linesOfText(validLog.map((line) => line.replace('"value":3', '"value":203'))) },
    ),
    ['5.3 keeps unread bookmarks', '5.3 states are at most a quarter', '5.4 states merge'],
  ],
  [
    'exit code 0 although a stream was not read',
    runOf(validMessages(), {
      stderr: linesOfText([...withoutTeams, `INFO METRIC: ${JSON.stringify(metric('teams', 2))}`]),
    }),
    ['1.4 exit code'],
  ],
  [
    'a Node.js warning on stderr',
    runOf(validMessages(), { stderr: log('(node:1) Warning: something') }),
    ['2.8 log lines'],
  ],
  [
    'a last log line that is not the error',
    runOf([], { exitCode: 1, stderr: began(failed, 'INFO bye') }),
    ['2.5 the last line is the error'],
  ],
  [
    'a missing record_count',
    runOf(validMessages(), {
      stderr: linesOfText(validLog.filter((line) => !line.includes('METRIC') || !line.includes('teams'))),
    }),
    ['2.8 record_count'],
  ],
  ['a secret in the log', runOf(validMessages(), { stderr: log('INFO the password is hunter2') }), ['2.3 no secrets']],
];

test.each(broken)('the referee catches %s', (_, run, rules) => {
  expect(rulesOf(run).toSorted()).toEqual(rules.toSorted());
});

test('every rule has a unique name and a sentence, and catches a defect', () => {
  const names = RULES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { sentence } of RULES) expect(sentence).toMatch(/^[A-Z].*\.$/s);
  const caught = new Set(broken.flatMap(([, , rules]) => rules));
  expect(names.filter((name) => !caught.has(name))).toEqual([]);
});
