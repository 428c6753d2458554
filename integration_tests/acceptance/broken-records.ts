import { instead, lastTeam, type BrokenRead } from './broken-read.ts';
import { log, record } from './valid-read.ts';

/** Reads whose records are wrong. */
export const brokenRecords: readonly BrokenRead[] = [
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
  {
    name: 'an undeclared field without a WARN',
    messages: instead(lastTeam, record('teams', { id: 't2', extra: 1 })),
    rules: ['1 one WARN for an undeclared field'],
  },
  {
    name: 'an undeclared field with a WARN for each record',
    messages: instead(
      lastTeam,
      record('teams', { id: 't2', extra: 1 }),
      ...Array.from({ length: 2 }, () => log('WARN', 'teams: extra')),
    ),
    rules: ['1 one WARN for an undeclared field'],
  },
];
