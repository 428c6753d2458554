import type { CommandRun } from './command-run.ts';
import { mentions } from './field-value.ts';
import { finalStatus, type ReadEvents } from './stream-events.ts';
import { violation, type Violation } from './violation.ts';

/** What a user must find in the log of a read. */
export function logViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const logs = run.transcript.messages.flatMap((message) => (message.type === 'LOG' ? [message.log] : []));
  // Custom connectors are not upgraded by themselves, so a log without the version cannot be supported.
  if (!/source-compose \d+\.\d+\.\d+/.test(logs[0]?.message ?? '')) {
    violations.push(violation('1 version in the first LOG', 'The first LOG line does not name the version.'));
  }
  for (const [name, seen] of events.streams) {
    const summed = logs.some(({ level, message }) => level === 'INFO' && mentions(message, name));
    if (finalStatus(seen) === 'COMPLETE' && !summed) {
      violations.push(violation('3 one INFO line a stream', `No INFO line sums up the stream ${name}.`));
    }
  }
  const asked = run.configuredCatalog?.streams.length ?? 0;
  if (asked === 0 && events.errors.length === 0 && !logs.some(({ level }) => level === 'WARN')) {
    violations.push(violation('5 WARN for no streams', 'A read of no streams at all does not warn about it.'));
  }
  return violations;
}
