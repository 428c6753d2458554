import { expectedStreams, type CommandRun } from './command-run.ts';
import { finalStatus, wholeRunErrors, type ErrorEvent, type ReadEvents } from './stream-events.ts';
import { violation, type Violation } from './violation.ts';

// The platform does not retry a job whose first error is a config_error, so that one must come last.
const order = ['transient_error', 'system_error', 'config_error'];

/** Where the TRACE ERRORs of a read stand, and that they fit the statuses of the streams. */
export function errorViolations(run: CommandRun, events: ReadEvents): Violation[] {
  return [
    ...placeViolations(events),
    ...orderViolations(events.errors),
    ...matchViolations(run, events),
    ...refusalViolations(run, events),
  ];
}

// Some clients stop at the first error; whatever the other streams still had to say would be lost.
function placeViolations({ streams, errors }: ReadEvents): Violation[] {
  const last = Math.max(-1, ...Array.from(streams.values(), (seen) => seen.at(-1)?.at ?? -1));
  if (errors.every(({ at }) => at > last)) return [];
  return [violation('5 errors last', 'A TRACE ERROR comes while streams still have something to send.')];
}

function orderViolations(errors: readonly ErrorEvent[]): Violation[] {
  const ranks = errors.map(({ error }) => order.indexOf(error.failure_type));
  if (ranks.every((rank, index) => index === 0 || (ranks[index - 1] ?? 0) <= rank)) return [];
  const sentence = `The errors come as ${errors.map(({ error }) => error.failure_type).join(', ')}.`;
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
        violation('5 error of an unknown stream', `A TRACE ERROR blames ${name}, which is not asked for.`),
      );
    } else if (!incomplete.includes(name) && !expected.get(name)?.refused) {
      violations.push(violation('5 an error means INCOMPLETE', `${name} has a TRACE ERROR, but is not INCOMPLETE.`));
    }
    if (blamed.indexOf(name) !== blamed.lastIndexOf(name)) {
      violations.push(violation('5 one error a stream', `${name} has more than one TRACE ERROR.`));
    }
  }
  const unexplained = incomplete.filter((name) => !blamed.includes(name));
  if (wholeRun.length === 0 && run.signal === undefined) {
    for (const name of unexplained) {
      violations.push(violation('1.13 INCOMPLETE means an error', `${name} is INCOMPLETE without any TRACE ERROR.`));
    }
  }
  if (wholeRun.length > 1) {
    violations.push(violation('5 one error for the whole run', `${wholeRun.length} TRACE ERRORs name no stream.`));
  }
  if (wholeRun.length > 0 && incomplete.length > 0 && unexplained.length === 0) {
    violations.push(
      violation('5 no summary error', 'A TRACE ERROR without a stream follows those of all failed streams.'),
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
    .map(({ name }) => violation('5 a refused stream has a config_error', `No config_error names ${name}.`));
}
