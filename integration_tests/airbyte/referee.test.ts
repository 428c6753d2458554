import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { afterWalkState, brokenReads, isSame, largeStates, markState, teamsFail } from './broken-reads.ts';
import type { CommandRun } from './command-run.ts';
import { violationsOf } from './referee.ts';
import { parseTranscript } from './transcript.ts';
import {
  checkpoints,
  configured,
  discovered,
  error,
  log,
  type PlainMessage,
  readOf,
  record,
  state,
  status,
  textOf,
  validRead,
  spec,
} from './valid-read.ts';

/** A valid `spec`, `check` or `discover`, the same command with a defect, and the rules that must catch the defect. */
type BrokenResult = readonly [name: string, rules: readonly string[], valid: CommandRun, broken: CommandRun];

const succeeded = { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } };
const failed = { type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: 'No such token.' } };
const catalog = { type: 'CATALOG', catalog: discovered };
const hello = log('INFO', 'hello');

function runOf(
  command: CommandRun['command'],
  messages: readonly PlainMessage[],
  exitCode = 0,
  rest: Partial<CommandRun> = {},
): CommandRun {
  return { command, transcript: parseTranscript(textOf(messages)), exitCode, stderr: '', ...rest };
}

const brokenResults: readonly BrokenResult[] = [
  ['spec prints two results', ['1.13 exactly one result'], runOf('spec', [hello, spec]), runOf('spec', [spec, spec])],
  [
    'check prints both a status and an error',
    ['1.13 exactly one result'],
    runOf('check', [failed]),
    runOf('check', [error('config_error'), failed], 1),
  ],
  [
    'check exits with 0 despite a TRACE ERROR',
    ['1.11 exit code'],
    runOf('check', [error('transient_error')], 1),
    runOf('check', [error('transient_error')], 0),
  ],
  [
    'check prints a record',
    ['1.1 messages of this command'],
    runOf('check', [succeeded]),
    runOf('check', [record('teams', { id: 1 }), succeeded]),
  ],
  [
    'discover prints more after its catalog',
    ['4.1 the result comes last'],
    runOf('discover', [hello, catalog]),
    runOf('discover', [catalog, hello]),
  ],
  [
    'discover writes to stderr',
    ['5 nothing on stderr'],
    runOf('discover', [catalog]),
    runOf('discover', [catalog], 0, { stderr: '(node:1) Warning' }),
  ],
];

const rulesOf = (run: CommandRun): string[] => [...new Set(violationsOf(run).map(({ rule }) => rule))].toSorted();

test('the referee accepts a valid read', () => {
  expect(violationsOf(readOf(validRead()))).toEqual([]);
});

test('the referee accepts valid results of spec, check and discover', () => {
  for (const [, , valid] of brokenResults) expect(violationsOf(valid)).toEqual([]);
});

test.for(brokenReads)('the referee catches %s', ([, rules, messages, rest]) => {
  expect(rulesOf(readOf(messages(validRead()), rest))).toEqual(rules.toSorted());
});

test.each(brokenResults)('the referee reports that %s', (_name, rules, _valid, broken) => {
  expect(rulesOf(broken)).toEqual(rules.toSorted());
});

test('every rule of the referee catches at least one broken command', () => {
  const files = ['referee.ts', 'referee-streams.ts'];
  const source = files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('');
  const rules = new Set([...source.matchAll(/'(\d+(?:\.\d+)? [^']+)'/g)].map(([, rule]) => rule ?? ''));
  rules.delete('1.10 partial line'); // transcript.test.ts covers this rule.
  const proved = new Set([...brokenReads, ...brokenResults].flatMap(([, broken]) => broken));
  expect([...rules].filter((rule) => !proved.has(rule))).toEqual([]);
  expect(rules.size).toBeGreaterThan(30);
});

test('the referee accepts an INCOMPLETE stream among complete streams if its error comes last', () => {
  const messages = [...teamsFail(validRead()), error('system_error', 'teams')];
  expect(rulesOf(readOf(messages, { exitCode: 1 }))).toEqual([]);
});

test('the referee accepts a single error from a command that fails before any stream starts', () => {
  const messages = [log('INFO', 'source-compose 1.2.3'), error('config_error')];
  expect(rulesOf(readOf(messages, { exitCode: 1 }))).toEqual([]);
});

test('the referee accepts a single error if a rejected token ends every stream of a read', () => {
  const messages = [
    log('INFO', 'source-compose 1.2.3'),
    status('clusters', 'STARTED'),
    status('teams', 'STARTED'),
    status('clusters', 'INCOMPLETE'),
    status('teams', 'INCOMPLETE'),
    error('config_error'),
  ];
  expect(rulesOf(readOf(messages, { exitCode: 1, configuredCatalog: configured('clusters', 'teams') }))).toEqual([]);
});

test('the referee accepts a stream that has no status because its sync mode is unknown', () => {
  const rest = { exitCode: 1, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'nonsense') };
  expect(rulesOf(readOf([...validRead(), error('config_error', 'nonsense')], rest))).toEqual([]);
});

test('the referee accepts unfinished streams in an interrupted read', () => {
  const rest = { signal: 'SIGTERM', exitCode: null } as const;
  expect(rulesOf(readOf(validRead().slice(0, 10), rest))).toEqual([]);
  expect(rulesOf(readOf(validRead().slice(0, 10), { ...rest, exitCode: 143 }))).toEqual([]);
  expect(rulesOf(readOf(validRead(), { ...rest, exitCode: 0 }))).toEqual([]);
});

const rateLimited = status('audit_events', 'RUNNING', 1_767_000_060_000);
const slowStates = Array.from({ length: 30 }, () => ({ records: 12, recordBytes: 100, stateBytes: 5_000 }));
const goodReasons: [why: string, more: PlainMessage[]][] = [
  ['the output is small', checkpoints(largeStates.slice(0, 50))],
  ['a wait of more than a second follows', checkpoints(largeStates, 1_001)],
  [
    'a rate limit follows',
    checkpoints(largeStates).flatMap((message) => (message['type'] === 'STATE' ? [message, rateLimited] : [message])),
  ],
  ['ten seconds have passed', checkpoints(slowStates, 900)],
];

test.each(goodReasons)('states may exceed a quarter of the output if %s', (_why, more) => {
  expect(rulesOf(readOf(afterWalkState(more)(validRead())))).toEqual([]);
});

test('states must not exceed a quarter of the output unless a long wait or an interval of ten seconds allows it', () => {
  const more = [checkpoints(largeStates, 999), checkpoints(slowStates, 400)];
  const rules = more.map((messages) => rulesOf(readOf(afterWalkState(messages)(validRead()))));
  expect(rules).toEqual([['4 states are at most a quarter'], ['4 states are at most a quarter']]);
});

test('the last STATE does not count toward the quarter', () => {
  const last = { version: 1, mark: 'm'.repeat(200_000) };
  const messages = validRead().map((message) =>
    isSame(message, markState) ? state('audit_events', last, 1) : message,
  );
  expect(rulesOf(readOf(messages))).toEqual([]);
});

test('states never exceed a quarter of the output if each state waits for output of four times its size', () => {
  const sizes = fc.record({ stateBytes: fc.nat(20_000), extra: fc.nat(10_000) });
  const ids = 300; // The maximum size of a STATE without its padding.
  fc.assert(
    fc.property(fc.array(sizes, { maxLength: 20 }), (all) => {
      const patient = all.map(({ stateBytes, extra }) => {
        return { records: 1, recordBytes: 4 * (stateBytes + ids) + extra, stateBytes };
      });
      expect(rulesOf(readOf(afterWalkState(checkpoints(patient))(validRead())))).toEqual([]);
    }),
  );
});

test('the referee accepts a truncated last line only after SIGKILL', () => {
  const transcript = parseTranscript(textOf(validRead().slice(0, 10)).slice(0, -5));
  expect(rulesOf(readOf([], { transcript, signal: 'SIGKILL', exitCode: null }))).toEqual([]);
  expect(rulesOf(readOf([], { transcript, signal: 'SIGTERM', exitCode: null }))).toEqual(['1.10 partial line']);
});
