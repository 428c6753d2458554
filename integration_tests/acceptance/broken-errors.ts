import { both, instead, teamsFail, atTheEnd, without, type BrokenRead } from './broken-read.ts';
import { configured, error, log, noCursor, state, status } from './valid-read.ts';

const exitCode = 1;
const clustersFail = both(
  instead(status('clusters', 'COMPLETE'), status('clusters', 'INCOMPLETE')),
  without(state('clusters', noCursor, 0)),
);

/** Reads whose errors, exit code, stderr or log are wrong. */
export const brokenErrors: readonly BrokenRead[] = [
  {
    name: 'INCOMPLETE without an error',
    messages: teamsFail,
    rest: { exitCode },
    rules: ['1.13 INCOMPLETE means an error'],
  },
  {
    name: 'an error of a COMPLETE stream',
    messages: atTheEnd(error('system_error', 'teams')),
    rest: { exitCode },
    rules: ['5 an error means INCOMPLETE'],
  },
  {
    name: 'an error of a stream that nobody asked for',
    messages: atTheEnd(error('system_error', 'users')),
    rest: { exitCode },
    rules: ['5 error of an unknown stream'],
  },
  {
    name: 'two errors of one stream',
    messages: both(teamsFail, atTheEnd(error('system_error', 'teams'), error('config_error', 'teams'))),
    rest: { exitCode },
    rules: ['5 one error a stream'],
  },
  {
    name: 'an error while other streams go on',
    messages: (valid) => [
      ...teamsFail(valid).slice(0, -1),
      error('system_error', 'teams'),
      status('teams', 'INCOMPLETE'),
    ],
    rest: { exitCode },
    rules: ['5 errors last'],
  },
  {
    name: 'a config_error before a transient one',
    messages: both(
      teamsFail,
      clustersFail,
      atTheEnd(error('config_error', 'teams'), error('transient_error', 'clusters')),
    ),
    rest: { exitCode },
    rules: ['5 transient, system, config'],
  },
  {
    name: 'a config_error before a system_error',
    messages: both(
      teamsFail,
      clustersFail,
      atTheEnd(error('config_error', 'teams'), error('system_error', 'clusters')),
    ),
    rest: { exitCode },
    rules: ['5 transient, system, config'],
  },
  {
    name: 'a summary after the errors of the streams',
    messages: both(teamsFail, atTheEnd(error('system_error', 'teams'), error('config_error'))),
    rest: { exitCode },
    rules: ['5 no summary error'],
  },
  {
    name: 'two errors of the whole run',
    messages: both(teamsFail, atTheEnd(error('system_error'), error('config_error'))),
    rest: { exitCode },
    rules: ['5 one error for the whole run'],
  },
  {
    name: 'no error of a stream that the source does not know',
    messages: (valid) => valid,
    rest: { exitCode, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'nonsense') },
    rules: ['5 a refused stream has a config_error'],
  },
  {
    name: 'the error of an unknown stream is a system_error',
    messages: atTheEnd(error('system_error', 'nonsense')),
    rest: { exitCode, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'nonsense') },
    rules: ['5 a refused stream has a config_error'],
  },
  {
    name: 'a stream that stands twice in the catalog is read',
    messages: atTheEnd(error('config_error', 'teams')),
    rest: { exitCode, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'teams') },
    rules: ['5 a refused stream is not read'],
  },
  {
    name: 'exit 0 with a failed stream',
    messages: both(teamsFail, atTheEnd(error('system_error', 'teams'))),
    rules: ['1.11 exit code'],
  },
  { name: 'exit 1 with everything done', messages: (valid) => valid, rest: { exitCode }, rules: ['1.11 exit code'] },
  {
    name: 'exit 0 after SIGTERM in the middle',
    messages: (valid) => valid.slice(0, 10),
    rest: { exitCode: 0, signal: 'SIGTERM' },
    rules: ['1.11 exit after a signal'],
  },
  {
    name: 'a word on stderr',
    messages: (valid) => valid,
    rest: { stderr: 'MaxListenersExceededWarning' },
    rules: ['5 nothing on stderr'],
  },
  {
    name: 'a first LOG without the version',
    messages: (valid) => [log('INFO', 'Let us begin.'), ...valid],
    rules: ['1 version in the first LOG'],
  },
  {
    name: 'no INFO line of a stream',
    messages: without(log('INFO', 'teams: 2 records.')),
    rules: ['3 one INFO line a stream'],
  },
  {
    name: 'no WARN for a catalog without streams',
    messages: (valid) => valid.slice(0, 1),
    rest: { configuredCatalog: { streams: [] } },
    rules: ['5 WARN for no streams'],
  },
  {
    name: 'a read prints a CATALOG',
    messages: atTheEnd({ type: 'CATALOG', catalog: { streams: [] } }),
    rules: ['1.1 messages of this command'],
  },
];
