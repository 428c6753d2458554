import {
  both,
  clustersState,
  instead,
  markState,
  teamsComplete,
  teamsState,
  atTheEnd,
  walkState,
  without,
  type BrokenRead,
} from './broken-read.ts';
import { error, noCursor, record, state, status } from './valid-read.ts';

/** Reads whose checkpoints are wrong. */
export const brokenStates: readonly BrokenRead[] = [
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
