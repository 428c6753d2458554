import { expectedStreams, type CommandRun } from './command-run.ts';
import { finalStatus, type ReadEvents } from './stream-events.ts';
import { violation, type Violation } from './violation.ts';

const signalNumbers = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Exit 0 exactly when everything that was asked for is done: the platform believes it more than any status. */
export function exitViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const done = isDone(run, events);
  if (run.signal !== undefined) return signalViolations(run.signal, run.exitCode, done);
  const due = done ? 0 : 1;
  if (run.exitCode === due) return [];
  const why = done ? 'everything was done' : 'not everything was done';
  return [violation('1.11 exit code', `${run.command} exits with ${run.exitCode ?? 'a signal'}, though ${why}.`)];
}

function isDone(run: CommandRun, events: ReadEvents): boolean {
  if (events.errors.length > 0) return false;
  if (run.command !== 'read') return true;
  const expected = [...expectedStreams(run).values()];
  return expected.every(({ name, refused }) => !refused && finalStatus(events.streams.get(name) ?? []) === 'COMPLETE');
}

function signalViolations(
  signal: NonNullable<CommandRun['signal']>,
  exitCode: number | null,
  done: boolean,
): Violation[] {
  // Dead by the signal, 128 + n where the kernel ignores it (pid 1), or the work was done before it came.
  if (exitCode === null || exitCode === 128 + signalNumbers[signal] || (exitCode === 0 && done)) return [];
  return [violation('1.11 exit after a signal', `After ${signal} the command exits with ${exitCode}.`)];
}
