import type { CommandRun } from './command-run.ts';
import { errorViolations } from './referee-errors.ts';
import { exitViolations } from './referee-exit.ts';
import { logViolations } from './referee-logs.ts';
import { recordViolations, undeclaredFields } from './referee-records.ts';
import { resultViolations } from './referee-results.ts';
import { stateViolations } from './referee-states.ts';
import { statusViolations } from './referee-statuses.ts';
import { readEvents } from './stream-events.ts';
import { violation, type Violation } from './violation.ts';

/** Judges one command by the rules of the protocol, of real clients and of the design; empty means faultless. */
export function violationsOf(run: CommandRun): Violation[] {
  const events = readEvents(run.transcript.messages);
  const violations = run.transcript.violations.filter(
    // Nobody can finish a line after SIGKILL.
    ({ rule }) => !(run.signal === 'SIGKILL' && rule === '1.10 partial line'),
  );
  if (run.stderr !== '') {
    violations.push(violation('5 nothing on stderr', `stderr holds ${run.stderr.length} characters: ${run.stderr}`));
  }
  violations.push(...resultViolations(run), ...exitViolations(run, events));
  if (run.command !== 'read') return violations;
  return [
    ...violations,
    ...statusViolations(run, events),
    ...stateViolations(run, events),
    ...recordViolations(run, events),
    ...errorViolations(run, events),
    ...logViolations(run, events),
  ];
}

/** What is allowed but worth a look: top-level fields that discover does not declare, as `stream.field`. */
export function undeclaredFieldsOf(run: CommandRun): string[] {
  const found = undeclaredFields(run, readEvents(run.transcript.messages));
  return Array.from(found, ([stream, fields]) => Array.from(fields, (field) => `${stream}.${field}`)).flat();
}
