import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CommandRun } from './command-run.ts';
import { brokenErrors } from './broken-errors.ts';
import { isSame, lastTeam, teamsFail } from './broken-read.ts';
import { brokenRecords } from './broken-records.ts';
import { brokenResults } from './broken-results.ts';
import { brokenStates } from './broken-states.ts';
import { brokenStatuses } from './broken-statuses.ts';
import { undeclaredFieldsOf, violationsOf } from './referee.ts';
import { parseTranscript } from './transcript.ts';
import { configured, error, log, readOf, record, status, textOf, validRead } from './valid-read.ts';

const brokenReads = [...brokenStatuses, ...brokenStates, ...brokenRecords, ...brokenErrors];

const rulesOf = (run: CommandRun): string[] => [...new Set(violationsOf(run).map(({ rule }) => rule))].toSorted();

test('a valid read has no violation', () => {
  expect(violationsOf(readOf(validRead()))).toEqual([]);
});

test('valid results of spec, check and discover have no violation', () => {
  for (const { valid } of brokenResults) expect(violationsOf(valid)).toEqual([]);
});

test.each(brokenReads)('$name: $rules', ({ messages, rest, rules }) => {
  expect(rulesOf(readOf(messages(validRead()), rest))).toEqual(rules.toSorted());
});

test.each(brokenResults)('$name: $rules', ({ broken, rules }) => {
  expect(rulesOf(broken)).toEqual(rules.toSorted());
});

test('every rule of the referee is proved by a broken run', () => {
  const files = [
    'referee',
    ...['errors', 'exit', 'logs', 'records', 'results', 'states', 'statuses'].map((topic) => `referee-${topic}`),
  ];
  const source = files.map((file) => readFileSync(new URL(`${file}.ts`, import.meta.url), 'utf8')).join('');
  const rules = new Set([...source.matchAll(/'(\d+(?:\.\d+)? [^']+)'/g)].map(([, rule]) => rule ?? ''));
  rules.delete('1.10 partial line'); // only excused here; the transcript's own tests catch it
  const proved = new Set([...brokenReads, ...brokenResults].flatMap((broken) => broken.rules));
  expect([...rules].filter((rule) => !proved.has(rule))).toEqual([]);
  expect(rules.size).toBeGreaterThan(30);
});

test('a failed stream beside good ones is valid when it ends INCOMPLETE and its error comes last', () => {
  const messages = [...teamsFail(validRead()), error('system_error', 'teams')];
  expect(rulesOf(readOf(messages, { exitCode: 1 }))).toEqual([]);
});

test('a run that fails before any stream starts is valid with one error', () => {
  const messages = [log('INFO', 'source-compose 1.2.3'), error('config_error')];
  expect(rulesOf(readOf(messages, { exitCode: 1 }))).toEqual([]);
});

test('a refused token ends every unfinished stream and has one error without a stream', () => {
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

test('a stream that the source does not know is refused without any status', () => {
  const rest = { exitCode: 1, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'nonsense') };
  expect(rulesOf(readOf([...validRead(), error('config_error', 'nonsense')], rest))).toEqual([]);
});

test('an interrupted read may leave streams unfinished', () => {
  const rest = { signal: 'SIGTERM', exitCode: null } as const;
  expect(rulesOf(readOf(validRead().slice(0, 10), rest))).toEqual([]);
  expect(rulesOf(readOf(validRead().slice(0, 10), { ...rest, exitCode: 143 }))).toEqual([]);
  expect(rulesOf(readOf(validRead(), { ...rest, exitCode: 0 }))).toEqual([]);
});

test('only SIGKILL excuses a torn last line', () => {
  const transcript = parseTranscript(textOf(validRead().slice(0, 10)).slice(0, -5));
  expect(rulesOf(readOf([], { transcript, signal: 'SIGKILL', exitCode: null }))).toEqual([]);
  expect(rulesOf(readOf([], { transcript, signal: 'SIGTERM', exitCode: null }))).toEqual(['1.10 partial line']);
});

test('an undeclared field is allowed with one WARN, and listed', () => {
  const [first, ...others] = validRead();
  const messages = [first ?? {}, log('WARN', 'teams: the field "extra" is not declared.'), ...others].map((message) =>
    isSame(message, lastTeam) ? record('teams', { id: 't2', extra: 1 }) : message,
  );
  expect(rulesOf(readOf(messages))).toEqual([]);
  expect(undeclaredFieldsOf(readOf(messages))).toEqual(['teams.extra']);
});

test('without a discovered catalog the configured one tells key and sync modes', () => {
  const messages = validRead().map((message) => (isSame(message, lastTeam) ? record('teams', { id: null }) : message));
  expect(rulesOf(readOf(messages, { discoveredCatalog: undefined }))).toEqual(['1.12 primary key not null']);
});
