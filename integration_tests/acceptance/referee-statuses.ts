import { expectedStreams, type CommandRun, type ExpectedStream } from './command-run.ts';
import { finalStatus, wholeRunErrors, type ReadEvents, type StreamEvent } from './stream-events.ts';
import { violation, type Violation } from './violation.ts';

/** The status machine: STARTED, RUNNING, one final status, and records only in between. */
export function statusViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const expected = expectedStreams(run);
  // A run that fails before any stream starts (a bad config, a bad state file) has nothing to report on streams.
  const neverStarted = events.streams.size === 0 && wholeRunErrors(events.errors).length > 0;
  for (const stream of expected.values()) {
    const seen = events.streams.get(stream.name) ?? [];
    if (seen.length > 0) violations.push(...orderViolations(stream.name, seen));
    const mayBeSilent = neverStarted || stream.refused || run.signal !== undefined;
    if (seen.length === 0 && !mayBeSilent) {
      violations.push(violation('1.13 every stream has a status', `Stream ${stream.name} has no status at all.`));
    }
    violations.push(...endViolations(stream, seen, run.signal !== undefined));
  }
  for (const [name, seen] of events.streams) {
    if (!expected.has(name) && seen.some(({ kind }) => kind === 'status')) {
      const sentence = `Stream ${name} has a status (${finalStatus(seen) ?? 'not final'}), but nobody asked for it.`;
      violations.push(violation('1.12 status of an unknown stream', sentence));
    }
  }
  return violations;
}

function orderViolations(name: string, seen: readonly StreamEvent[]): Violation[] {
  const violations: Violation[] = [];
  let running = false;
  let ended: string | undefined;
  const [first, ...later] = seen;
  if (first?.kind !== 'status' || first.status.status !== 'STARTED') {
    violations.push(violation('1.13 STARTED first', `Stream ${name} does not begin with STARTED.`));
  }
  if (later.some((event) => event.kind === 'status' && event.status.status === 'STARTED')) {
    violations.push(violation('1.13 STARTED once', `Stream ${name} is STARTED after its first message.`));
  }
  for (const event of seen) {
    if (ended !== undefined) {
      const sentence = `Stream ${name} sends a ${event.kind} after ${ended}.`;
      const again = event.kind === 'status' && ['COMPLETE', 'INCOMPLETE'].includes(event.status.status);
      violations.push(violation(again ? '1.13 one final status' : '1.13 nothing after the final status', sentence));
      break;
    }
    if (event.kind === 'record' && !running) {
      violations.push(violation('1.13 records only while RUNNING', `Stream ${name} sends a record before RUNNING.`));
      running = true; // said once is enough
    }
    if (event.kind !== 'status') continue;
    const { status, reasons } = event.status;
    if (status === 'RUNNING') running = true;
    else if (reasons !== undefined) {
      violations.push(violation('1.9 reasons only with RUNNING', `Stream ${name} gives reasons with ${status}.`));
    }
    if (status === 'COMPLETE' && !running) {
      violations.push(violation('1.13 RUNNING before COMPLETE', `Stream ${name} is COMPLETE without RUNNING.`));
    }
    if (status === 'COMPLETE' || status === 'INCOMPLETE') ended = status;
  }
  return violations;
}

function endViolations(stream: ExpectedStream, seen: readonly StreamEvent[], interrupted: boolean): Violation[] {
  const end = finalStatus(seen);
  if (seen.length > 0 && end === undefined && !interrupted) {
    return [violation('1.13 a final status', `Stream ${stream.name} is neither COMPLETE nor INCOMPLETE.`)];
  }
  if (stream.refused && (end === 'COMPLETE' || seen.some(({ kind }) => kind === 'record'))) {
    const sentence = `Stream ${stream.name} is read although its entry in the catalog is to be refused.`;
    return [violation('5 a refused stream is not read', sentence)];
  }
  return [];
}
