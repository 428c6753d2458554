import { clustersState, instead, lastTeam, teamsComplete, atTheEnd, without, type BrokenRead } from './broken-read.ts';
import { configured, log, status } from './valid-read.ts';

/** Reads whose stream statuses are wrong. */
export const brokenStatuses: readonly BrokenRead[] = [
  {
    name: 'no status of a configured stream',
    messages: (valid) => valid,
    rest: {
      configuredCatalog: configured('audit_events', 'clusters', 'teams', 'users'),
      discoveredCatalog: undefined,
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
