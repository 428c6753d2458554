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

/** A defect in the valid read, and the exact set of rules that must catch the defect. */
type BrokenRead = readonly [name: string, rules: readonly string[], messages: Change, rest?: Partial<CommandRun>];

export function isSame(a: PlainMessage, b: PlainMessage): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const unchanged: Change = (valid) => valid;

function without(...gone: PlainMessage[]): Change {
  return (valid) => valid.filter((message) => !gone.some((other) => isSame(message, other)));
}

function instead(gone: PlainMessage, ...others: PlainMessage[]): Change {
  return (valid) => valid.flatMap((message) => (isSame(message, gone) ? others : [message]));
}

function atTheEnd(...more: PlainMessage[]): Change {
  return (valid) => [...valid, ...more];
}

function both(...changes: Change[]): Change {
  return (valid) => changes.reduce((messages, change) => change(messages), valid);
}

const lastTeam = record('teams', { id: 't2' });
const teamsState = state('teams', noCursor, 2);
const clustersState = state('clusters', noCursor, 0);
const walkState = state('audit_events', { version: 1, walk: { top: '2026-01-02T00:00:00.000Z', cursor: 'b' } }, 2);
export const markState = state('audit_events', { version: 1, mark: '2026-01-02T00:00:00.000Z' }, 1);
const teamsComplete = status('teams', 'COMPLETE');
/** Inserts messages after `walkState`, in the middle of the stream `audit_events`. */
export const afterWalkState = (more: readonly PlainMessage[]): Change => instead(walkState, walkState, ...more);
/** Checkpoints with more than 100 KB of output. STATEs make up more than a third of this output. */
export const largeStates: readonly Checkpoint[] = Array.from({ length: 100 }, () => {
  return { records: 1, recordBytes: 800, stateBytes: 500 };
});
/** Makes the stream `teams` fail. Each test adds its own error. */
export const teamsFail = both(instead(teamsComplete, status('teams', 'INCOMPLETE')), without(teamsState));

const exitCode = 1;
const clustersFail = both(
  instead(status('clusters', 'COMPLETE'), status('clusters', 'INCOMPLETE')),
  without(state('clusters', noCursor, 0)),
);

export const brokenReads: readonly BrokenRead[] = [
  // Stream statuses.
  [
    'a configured stream without a status',
    ['1.13 every stream has a status'],
    unchanged,
    { configuredCatalog: configured('audit_events', 'clusters', 'teams', 'users'), exitCode: 1 },
  ],
  ['RUNNING before STARTED', ['1.13 STARTED first'], without(status('teams', 'STARTED'))],
  ['a second STARTED', ['1.13 STARTED once'], instead(lastTeam, status('teams', 'STARTED'), lastTeam)],
  ['a record before RUNNING', ['1.13 records only while RUNNING'], without(status('audit_events', 'RUNNING'))],
  [
    'an empty stream that is COMPLETE without RUNNING',
    ['1.13 RUNNING before COMPLETE'],
    without(status('clusters', 'RUNNING')),
  ],
  ['a second final status', ['1.13 one final status'], atTheEnd(teamsComplete)],
  ['a STATE after COMPLETE', ['1.13 nothing after the final status'], atTheEnd(clustersState)],
  ['a missing final status', ['1.13 a final status'], without(teamsComplete), { exitCode: 1 }],
  [
    'a STARTED status with reasons',
    ['1.9 reasons only with RUNNING'],
    instead(status('teams', 'STARTED'), status('teams', 'STARTED', 1_767_000_000_000)),
  ],
  [
    'a COMPLETE status of an unselected stream',
    ['1.12 status of an unknown stream'],
    atTheEnd(status('users', 'STARTED'), status('users', 'RUNNING'), status('users', 'COMPLETE'), log('INFO', 'users')),
  ],

  // Checkpoints.
  ['a stream without a STATE', ['1.13 at least one STATE'], without(clustersState)],
  [
    'a recordCount for the whole read',
    ['1.7 recordCount'],
    instead(markState, state('audit_events', { version: 1, mark: '2026-01-02T00:00:00.000Z' }, 3)),
  ],
  [
    'a record after the last STATE',
    ['1.13 no records after the last STATE'],
    instead(teamsComplete, record('teams', { id: 't3' }), teamsComplete),
  ],
  [
    'an unchanged STATE after records',
    ['1.13 a new STATE after records'],
    instead(
      markState,
      state('audit_events', { walk: { cursor: 'b', top: '2026-01-02T00:00:00.000Z' }, version: 1 }, 1),
    ),
  ],
  ['a large STATE after every record', ['4 states are at most a quarter'], afterWalkState(checkpoints(largeStates))],
  [
    'a cursor in the STATE of a full-refresh stream',
    ['4 state of a full-refresh stream'],
    instead(teamsState, state('teams', { version: 1 }, 2)),
  ],
  [
    'a STATE without a version',
    ['4 state has a version'],
    instead(markState, state('audit_events', { mark: '2026-01-02T00:00:00.000Z' }, 1)),
  ],
  [
    'a null in a STATE',
    ['4 state without nulls'],
    instead(markState, state('audit_events', { version: 1, walk: null }, 1)),
  ],
  [
    'a STATE of a failed full refresh',
    ['5 no STATE of a failed full refresh'],
    both(instead(teamsComplete, status('teams', 'INCOMPLETE')), atTheEnd(error('system_error', 'teams'))),
    { exitCode: 1 },
  ],
  [
    'a STATE of an unselected stream',
    ['1.12 state of an unknown stream'],
    instead(teamsState, teamsState, state('users', noCursor, 0)),
  ],

  // Records.
  [
    'a record of an unselected stream',
    ['1.12 record of an unknown stream'],
    instead(lastTeam, lastTeam, record('users', { id: 1 })),
  ],
  [
    'a record without fields',
    ['1.12 primary key not null', '1.6 record with data'],
    instead(lastTeam, record('teams', {})),
  ],
  [
    'a field that has a value although it is reported as NULLED',
    ['1.6 NULLED means null'],
    instead(lastTeam, {
      type: 'RECORD',
      record: {
        stream: 'teams',
        data: { id: 't2', created_at: 'yesterday' },
        emitted_at: 1_767_000_000_000,
        meta: { changes: [{ field: 'created_at', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }] },
      },
    }),
  ],

  // Defects in errors, the exit code, stderr and the log.
  ['an INCOMPLETE status without an error', ['1.13 INCOMPLETE means an error'], teamsFail, { exitCode }],
  [
    'an error for a COMPLETE stream',
    ['5 an error means INCOMPLETE'],
    atTheEnd(error('system_error', 'teams')),
    { exitCode },
  ],
  [
    'an error for an unselected stream',
    ['5 error of an unknown stream'],
    atTheEnd(error('system_error', 'users')),
    { exitCode },
  ],
  [
    'two errors for one stream',
    ['5 one error per stream'],
    both(teamsFail, atTheEnd(error('system_error', 'teams'), error('config_error', 'teams'))),
    { exitCode },
  ],
  [
    'an error before all streams have ended',
    ['5 errors last'],
    (valid) => [...teamsFail(valid).slice(0, -1), error('system_error', 'teams'), status('teams', 'INCOMPLETE')],
    { exitCode },
  ],
  [
    'a config_error before a system_error',
    ['5 transient, system, config'],
    both(teamsFail, clustersFail, atTheEnd(error('config_error', 'teams'), error('system_error', 'clusters'))),
    { exitCode },
  ],
  [
    'a summary error after the errors of the streams',
    ['5 no summary error'],
    both(teamsFail, atTheEnd(error('system_error', 'teams'), error('config_error'))),
    { exitCode },
  ],
  [
    'two errors for the whole read',
    ['5 one error for the whole read'],
    both(teamsFail, atTheEnd(error('system_error'), error('config_error'))),
    { exitCode },
  ],
  [
    'a system_error for an unknown sync mode',
    ['5 a rejected stream has a config_error'],
    atTheEnd(error('system_error', 'nonsense')),
    { exitCode, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'nonsense') },
  ],
  [
    'a read of a stream that the catalog contains twice',
    ['5 a rejected stream is not read'],
    atTheEnd(error('config_error', 'teams')),
    { exitCode, configuredCatalog: configured('audit_events', 'clusters', 'teams', 'teams') },
  ],
  [
    'exit code 0 despite a failed stream',
    ['1.11 exit code'],
    both(teamsFail, atTheEnd(error('system_error', 'teams'))),
  ],
  [
    'exit code 0 after SIGTERM during the read',
    ['1.11 exit after a signal'],
    (valid) => valid.slice(0, 10),
    { exitCode: 0, signal: 'SIGTERM' },
  ],
  ['text on stderr', ['5 nothing on stderr'], unchanged, { stderr: 'MaxListenersExceededWarning' }],
  [
    'a first LOG without the version',
    ['1 version in the first LOG'],
    (valid) => [log('INFO', 'Let us begin.'), ...valid],
  ],
  ['a stream without an INFO line', ['3 one INFO line per stream'], without(log('INFO', 'teams: 2 records.'))],
  [
    'a missing WARN for a catalog without streams',
    ['5 WARN for no streams'],
    (valid) => valid.slice(0, 1),
    { configuredCatalog: { streams: [] } },
  ],
  [
    'a CATALOG message in a read',
    ['1.1 messages of this command'],
    atTheEnd({ type: 'CATALOG', catalog: { streams: [] } }),
  ],
];
