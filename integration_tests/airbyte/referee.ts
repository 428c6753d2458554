import {
  type CommandRun,
  type ErrorEvent,
  expectedStreams,
  finalStatus,
  mentions,
  readEvents,
  type ReadEvents,
  wholeRunErrors,
} from './command-run.ts';
import type { Message } from './messages.ts';
import { recordViolations, stateViolations, statusViolations } from './referee-streams.ts';
import { violation, type Violation } from './violation.ts';

/** Checks a command against the rules of the protocol, of real clients and of the design. */
export function violationsOf(run: CommandRun): Violation[] {
  const events = readEvents(run.transcript.messages);
  const violations = run.transcript.violations.filter(
    // After SIGKILL, a process can't complete its last line.
    ({ rule }) => !(run.signal === 'SIGKILL' && rule === '1.10 partial line'),
  );
  if (run.stderr !== '') {
    violations.push(violation('5 nothing on stderr', `stderr contains ${run.stderr.length} characters: ${run.stderr}`));
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

const resultOf = { spec: 'SPEC', check: 'CONNECTION_STATUS', discover: 'CATALOG' } as const;

/** Checks that `spec`, `check` and `discover` print exactly one result or TRACE ERROR, as their last message. */
function resultViolations(run: CommandRun): Violation[] {
  const { command } = run;
  const { messages } = run.transcript;
  if (command === 'read') return strangerViolations(command, messages, ['RECORD', 'STATE']);
  const result = resultOf[command];
  const violations = strangerViolations(command, messages, [result]);
  const results = messages.filter(({ type }) => type === result).length;
  const errors = messages.filter((message) => message.type === 'TRACE' && message.trace.type === 'ERROR').length;
  if (results + errors !== 1) {
    const sentence = `${command} prints ${results} ${result} and ${errors} TRACE ERROR messages instead of one.`;
    if (run.signal === undefined) violations.push(violation('1.13 exactly one result', sentence));
  }
  // Clients kill the process after reading the result, and would lose any later messages.
  const last = messages.at(-1);
  if (results === 1 && last?.type !== result) {
    violations.push(violation('4.1 the result comes last', `${command} prints more after its ${result}.`));
  }
  return violations;
}

function strangerViolations(command: string, messages: readonly Message[], allowed: readonly string[]): Violation[] {
  return messages
    .filter(({ type }) => !allowed.includes(type) && type !== 'LOG' && type !== 'TRACE' && type !== 'CONTROL')
    .map(({ type }) => violation('1.1 messages of this command', `${command} prints a ${type} message.`));
}

const signalNumbers = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/**
 * Checks that the command exits with 0 if everything succeeded, and otherwise with 1. Airbyte trusts the exit code more
 * than any status.
 */
function exitViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const done = isDone(run, events);
  if (run.signal !== undefined) return signalViolations(run.signal, run.exitCode, done);
  const due = done ? 0 : 1;
  if (run.exitCode === due) return [];
  const why = done ? 'everything succeeded' : 'something failed';
  return [violation('1.11 exit code', `${run.command} exits with ${run.exitCode ?? 'a signal'}, although ${why}.`)];
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
  // The process may be killed by the signal, exit with 128 + n (PID 1 of a container can't kill itself with a signal), or end before the
  // signal arrives.
  if (exitCode === null || exitCode === 128 + signalNumbers[signal] || (exitCode === 0 && done)) return [];
  return [violation('1.11 exit after a signal', `After ${signal} the command exits with ${exitCode}.`)];
}

// Airbyte doesn't retry a job whose first error is a config_error, so config_errors must be last.
const order = ['transient_error', 'system_error', 'config_error'];

/** Checks a read's TRACE ERRORs: their order, and whether they match the streams' statuses. */
function errorViolations(run: CommandRun, events: ReadEvents): Violation[] {
  return [
    ...placeViolations(events),
    ...orderViolations(events.errors),
    ...matchViolations(run, events),
    ...refusalViolations(run, events),
  ];
}

// Some clients stop at the first error, and would lose later records of other streams.
function placeViolations({ streams, errors }: ReadEvents): Violation[] {
  const last = Math.max(-1, ...Array.from(streams.values(), (seen) => seen.at(-1)?.at ?? -1));
  if (errors.every(({ at }) => at > last)) return [];
  return [violation('5 errors last', 'A TRACE ERROR comes before the last message of a stream.')];
}

function orderViolations(errors: readonly ErrorEvent[]): Violation[] {
  const ranks = errors.map(({ error }) => order.indexOf(error.failure_type));
  if (ranks.every((rank, index) => index === 0 || (ranks[index - 1] ?? 0) <= rank)) return [];
  const sentence = `The errors come in the order ${errors.map(({ error }) => error.failure_type).join(', ')}.`;
  return [violation('5 transient, system, config', sentence)];
}

function matchViolations(run: CommandRun, { streams, errors }: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const expected = expectedStreams(run);
  const blamed = errors.flatMap(({ error }) => error.stream_descriptor?.name ?? []);
  const incomplete = [...streams].filter(([, seen]) => finalStatus(seen) === 'INCOMPLETE').map(([name]) => name);
  const wholeRun = wholeRunErrors(errors);
  for (const name of new Set(blamed)) {
    if (!expected.has(name)) {
      violations.push(
        violation('5 error of an unknown stream', `A TRACE ERROR names ${name}, which is not in the catalog.`),
      );
    } else if (!incomplete.includes(name) && !expected.get(name)?.refused) {
      violations.push(violation('5 an error means INCOMPLETE', `${name} has a TRACE ERROR, but is not INCOMPLETE.`));
    }
    if (blamed.indexOf(name) !== blamed.lastIndexOf(name)) {
      violations.push(violation('5 one error per stream', `${name} has more than one TRACE ERROR.`));
    }
  }
  const unexplained = incomplete.filter((name) => !blamed.includes(name));
  if (wholeRun.length === 0 && run.signal === undefined) {
    for (const name of unexplained) {
      violations.push(violation('1.13 INCOMPLETE means an error', `${name} is INCOMPLETE without any TRACE ERROR.`));
    }
  }
  if (wholeRun.length > 1) {
    violations.push(violation('5 one error for the whole read', `${wholeRun.length} TRACE ERRORs name no stream.`));
  }
  if (wholeRun.length > 0 && incomplete.length > 0 && unexplained.length === 0) {
    violations.push(
      violation('5 no summary error', 'A TRACE ERROR without a stream follows the TRACE ERRORs of all failed streams.'),
    );
  }
  return violations;
}

function refusalViolations(run: CommandRun, { errors }: ReadEvents): Violation[] {
  if (run.signal !== undefined || wholeRunErrors(errors).length > 0) return [];
  return [...expectedStreams(run).values()]
    .filter(({ refused }) => refused)
    .filter(
      ({ name }) =>
        !errors.some(({ error }) => error.stream_descriptor?.name === name && error.failure_type === 'config_error'),
    )
    .map(({ name }) => violation('5 a rejected stream has a config_error', `No config_error names ${name}.`));
}

/** Checks that the log of a read contains the information that users need. */
function logViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const logs = run.transcript.messages.flatMap((message) => (message.type === 'LOG' ? [message.log] : []));
  // Custom connectors aren't upgraded automatically, so support needs the version in the log.
  if (!/source-compose \d+\.\d+\.\d+/.test(logs[0]?.message ?? '')) {
    violations.push(violation('1 version in the first LOG', 'The first LOG message does not name the version.'));
  }
  for (const [name, seen] of events.streams) {
    const summed = logs.some(({ level, message }) => level === 'INFO' && mentions(message, name));
    if (finalStatus(seen) === 'COMPLETE' && !summed) {
      violations.push(violation('3 one INFO line per stream', `No INFO line summarizes the stream ${name}.`));
    }
  }
  const asked = run.configuredCatalog?.streams.length ?? 0;
  if (asked === 0 && events.errors.length === 0 && !logs.some(({ level }) => level === 'WARN')) {
    violations.push(violation('5 WARN for no streams', 'A read without any streams logs no WARN.'));
  }
  return violations;
}
