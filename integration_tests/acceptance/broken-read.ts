import type { CommandRun } from './command-run.ts';
import { noCursor, record, state, status, type PlainMessage } from './valid-read.ts';

type Change = (valid: PlainMessage[]) => PlainMessage[];

/** One thing broken in the valid read, and exactly the rules that must catch it. */
export interface BrokenRead {
  readonly name: string;
  readonly messages: Change;
  readonly rest?: Partial<CommandRun>;
  readonly rules: readonly string[];
}

/** Whether two messages print the same line. */
export function isSame(a: PlainMessage, b: PlainMessage): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Leaves messages of the valid read out. */
export function without(...gone: PlainMessage[]): Change {
  return (valid) => valid.filter((message) => !gone.some((other) => isSame(message, other)));
}

/** Puts other messages in the place of one. */
export function instead(gone: PlainMessage, ...others: PlainMessage[]): Change {
  return (valid) => valid.flatMap((message) => (isSame(message, gone) ? others : [message]));
}

/** Adds messages at the end. */
export function atTheEnd(...more: PlainMessage[]): Change {
  return (valid) => [...valid, ...more];
}

/** Makes one change after the other. */
export function both(...changes: Change[]): Change {
  return (valid) => changes.reduce((messages, change) => change(messages), valid);
}

// Messages of the valid read that the tests like to break.
export const lastTeam = record('teams', { id: 't2' });
export const teamsState = state('teams', noCursor, 2);
export const clustersState = state('clusters', noCursor, 0);
export const walkState = state(
  'audit_events',
  { version: 1, walk: { top: '2026-01-02T00:00:00.000Z', cursor: 'b' } },
  2,
);
export const markState = state('audit_events', { version: 1, mark: '2026-01-02T00:00:00.000Z' }, 1);
export const teamsComplete = status('teams', 'COMPLETE');
/** Makes teams a failed stream; the tests add its error. */
export const teamsFail = both(instead(teamsComplete, status('teams', 'INCOMPLETE')), without(teamsState));
