import type { CommandRun } from './command-run.ts';
import {
  type Checkpoint,
  checkpoints,
  configured,
  error,
  log,
  noCursor,
  type PlainMessage,
  record,
  state,
  status,
} from './valid-read.ts';

type Change = (valid: PlainMessage[]) => PlainMessage[];

/** One thing broken in the valid read, and exactly the rules that must catch it. */
interface BrokenRead {
  readonly name: string;
  readonly messages: Change;
  readonly rest?: Partial<CommandRun>;
  readonly rules: readonly string[];
}

/** Whether two messages print the same line. */
export function isSame(a: PlainMessage, b: PlainMessage): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Leaves out messages of the valid read. */
function without(...gone: PlainMessage[]): Change {
  return (valid) => valid.filter((message) => !gone.some((other) => isSame(message, other)));
}

/** Replaces a message by others. */
function instead(gone: PlainMessage, ...others: PlainMessage[]): Change {
  return (valid) => valid.flatMap((message) => (isSame(message, gone) ? others : [message]));
}

/** Adds messages at the end. */
function atTheEnd(...more: PlainMessage[]): Change {
  return (valid) => [...valid, ...more];
}

/** Makes one change after the other. */
function both(...changes: Change[]): Change {
  return (valid) => changes.reduce((messages, change) => change(messages), valid);
}

// Messages of the valid read that several tests break.
const lastTeam = record('teams', { id: 't2' });
const teamsState = state('teams', noCursor, 2);
const clustersState = state('clusters', noCursor, 0);
const walkState = state('audit_events', { version: 1, walk: { top: '2026-01-02T00:00:00.000Z', cursor: 'b' } }, 2);
export const markState = state('audit_events', { version: 1, mark: '2026-01-02T00:00:00.000Z' }, 1);
const teamsComplete = status('teams', 'COMPLETE');
/** Adds messages of audit_events in the middle of the stream. */
export const afterWalkState = (more: readonly PlainMessage[]): Change => instead(walkState, walkState, ...more);
/** More than 100 KB, nearly half of them in STATEs. */
export const largeStates: readonly Checkpoint[] = Array.from({ length: 100 }, () => {
  return { records: 1, recordBytes: 800, stateBytes: 500 };
});
/** Makes teams a failed stream; the tests add its error. */
export const teamsFail = both(instead(teamsComplete, status('teams', 'INCOMPLETE')), without(teamsState));

/** Reads whose stream statuses are wrong. */
const brokenStatuses: readonly BrokenRead[] = [
  {
    name: 'no status of a configured stream',
    messages: (valid) => valid,
    rest: {
      configuredCatalog: configured('audit_events', 'clusters', 'teams', 'users'),
      exitCode: 1,
    },
    rules: ['1.13 every stream has a status'],
  },
  {
    name: 'RUNNING before STARTED',
    messages: without(status('teams', 'STARTED')),
    rules: ['1.13 STARTED first'],
  },
  {
    name: 'STARTED again',
    messages: instead(lastTeam, status('teams', 'STARTED'), lastTeam),
    rules: ['1.13 STARTED once'],
  },
  {
    name: 'a record before RUNNING',
    messages: without(status('audit_events', 'RUNNING')),
    rules: ['1.13 records only while RUNNING'],
  },
  {
    name: 'COMPLETE of an empty stream without RUNNING',
    messages: without(status('clusters', 'RUNNING')),
    rules: ['1.13 RUNNING before COMPLETE'],
  },
  {
    name: 'a second final status',
    messages: atTheEnd(teamsComplete),
    rules: ['1.13 one final status'],
  },
  {
    name: 'a record after COMPLETE',
    messages: atTheEnd(lastTeam),
    rules: ['1.13 no records after the last STATE', '1.13 nothing after the final status'],
  },
  {
    name: 'a STATE after COMPLETE',
    messages: atTheEnd(clustersState),
    rules: ['1.13 nothing after the final status'],
  },
  {
    name: 'no final status',
    messages: without(teamsComplete),
    rest: { exitCode: 1 },
    rules: ['1.13 a final status'],
  },
  {
    name: 'reasons with STARTED',
    messages: instead(status('teams', 'STARTED'), status('teams', 'STARTED', 1_767_000_000_000)),
    rules: ['1.9 reasons only with RUNNING'],
  },
  {
    name: 'COMPLETE of a stream that nobody asked for',
    messages: atTheEnd(
      status('users', 'STARTED'),
      status('users', 'RUNNING'),
      status('users', 'COMPLETE'),
      log('INFO', 'users'),
    ),
    rules: ['1.12 status of an unknown stream'],
  },
];

/** Reads whose checkpoints are wrong. */
const brokenStates: readonly BrokenRead[] = [
  { name: 'no STATE', messages: without(clustersState), rules: ['1.13 at least one STATE'] },
  {
    name: 'no STATE of a failed incremental stream',
    messages: both(
      without(walkState, markState),
      instead(status('audit_events', 'COMPLETE'), status('audit_events', 'INCOMPLETE')),
      atTheEnd(error('system_error', 'audit_events')),
    ),
    rest: { exitCode: 1 },
    rules: ['1.13 at least one STATE'],
  },
  {
    name: 'recordCount counts too few',
    messages: instead(teamsState, state('teams', noCursor, 1)),
    rules: ['1.7 recordCount'],
  },
  {
    name: 'recordCount counts the whole run',
    messages: instead(markState, state('audit_events', { version: 1, mark: '2026-01-02T00:00:00.000Z' }, 3)),
    rules: ['1.7 recordCount'],
  },
  {
    name: 'a record behind the last STATE',
    messages: instead(teamsComplete, record('teams', { id: 't3' }), teamsComplete),
    rules: ['1.13 no records after the last STATE'],
  },
  {
    name: 'the same STATE again after records',
    messages: instead(
      markState,
      state('audit_events', { walk: { cursor: 'b', top: '2026-01-02T00:00:00.000Z' }, version: 1 }, 1),
    ),
    rules: ['1.13 a new STATE after records'],
  },
  {
    name: 'large STATEs after every few records',
    messages: afterWalkState(checkpoints(largeStates)),
    rules: ['4 states are at most a quarter'],
  },
  {
    name: 'a cursor in the STATE of a full-refresh stream',
    messages: instead(teamsState, state('teams', { version: 1 }, 2)),
    rules: ['4 state of a full-refresh stream'],
  },
  {
    name: 'a STATE without version',
    messages: instead(markState, state('audit_events', { mark: '2026-01-02T00:00:00.000Z' }, 1)),
    rules: ['4 state has a version'],
  },
  {
    name: 'a null in a STATE',
    messages: instead(markState, state('audit_events', { version: 1, walk: null }, 1)),
    rules: ['4 state without nulls'],
  },
  {
    name: 'a STATE of a failed full refresh',
    messages: both(instead(teamsComplete, status('teams', 'INCOMPLETE')), atTheEnd(error('system_error', 'teams'))),
    rest: { exitCode: 1 },
    rules: ['5 no STATE of a failed full refresh'],
  },
  {
    name: 'a STATE of a stream that nobody asked for',
    messages: instead(teamsState, teamsState, state('users', noCursor, 0)),
    rules: ['1.12 state of an unknown stream'],
  },
];

/** Reads whose records are wrong. */
const brokenRecords: readonly BrokenRead[] = [
  {
    name: 'a record of a stream that nobody asked for',
    messages: instead(lastTeam, lastTeam, record('users', { id: 1 })),
    rules: ['1.12 record of an unknown stream'],
  },
  {
    name: 'a record without fields',
    messages: instead(lastTeam, record('teams', {})),
    rules: ['1.12 primary key not null', '1.6 record with data'],
  },
  {
    name: 'a null primary key',
    messages: instead(lastTeam, record('teams', { id: null })),
    rules: ['1.12 primary key not null'],
  },
  {
    name: 'a field that is said to be nulled and is not',
    messages: instead(lastTeam, {
      type: 'RECORD',
      record: {
        stream: 'teams',
        data: { id: 't2', created_at: 'yesterday' },
        emitted_at: 1_767_000_000_000,
        meta: { changes: [{ field: 'created_at', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }] },
      },
    }),
    rules: ['1.6 NULLED means null'],
  },
];

const exitCode = 1;
const clustersFail = both(
  instead(status('clusters', 'COMPLETE'), status('clusters', 'INCOMPLETE')),
  without(state('clusters', noCursor, 0)),
);

/** Reads whose errors, exit code, stderr or log are wrong. */
const brokenErrors: readonly BrokenRead[] = [
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
    rules: ['5 one error per stream'],
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
    name: 'no error of a stream with an unknown sync mode',
    messages: (valid) => valid,
    rest: { exitCode, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'nonsense') },
    rules: ['5 a refused stream has a config_error'],
  },
  {
    name: 'the error of an unknown sync mode is a system_error',
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
    rules: ['3 one INFO line per stream'],
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

export const brokenReads: readonly BrokenRead[] = [
  ...brokenStatuses,
  ...brokenStates,
  ...brokenRecords,
  ...brokenErrors,
];
