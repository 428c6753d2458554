import { expectedStreams, type CommandRun, type ExpectedStream } from './command-run.ts';
import { fieldValue, mentions } from './field-value.ts';
import type { Message, RecordMessage } from './message-schema.ts';
import type { ReadEvents } from './stream-events.ts';
import { violation, type Violation } from './violation.ts';

/** What a platform would drop, refuse or fail on in the records. Each rule is reported once for a stream. */
export function recordViolations(run: CommandRun, events: ReadEvents): Violation[] {
  const violations: Violation[] = [];
  const expected = expectedStreams(run);
  for (const [name, seen] of events.streams) {
    const records = seen.flatMap((event) => (event.kind === 'record' ? [event.record] : []));
    if (records.length === 0) continue;
    const stream = expected.get(name);
    if (!stream) {
      violations.push(violation('1.12 record of an unknown stream', `Nobody asked for records of ${name}.`));
      continue;
    }
    violations.push(...contentViolations(stream, records));
  }
  for (const [name, fields] of undeclaredFields(run, events)) {
    for (const field of fields) violations.push(...warningViolations(name, field, run.transcript.messages));
  }
  return violations;
}

/** The top-level fields that records have and discover does not declare: passed on by design, lost in destinations. */
export function undeclaredFields(run: CommandRun, events: ReadEvents): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const expected = expectedStreams(run);
  for (const [name, seen] of events.streams) {
    const declared = expected.get(name)?.fields;
    if (!declared) continue;
    const undeclared = new Set<string>();
    for (const event of seen) {
      if (event.kind !== 'record') continue;
      for (const field of Object.keys(event.record.data)) if (!declared.has(field)) undeclared.add(field);
    }
    if (undeclared.size > 0) found.set(name, undeclared);
  }
  return found;
}

function contentViolations(stream: ExpectedStream, records: readonly RecordMessage[]): Violation[] {
  const violations: Violation[] = [];
  if (records.some(({ data }) => Object.keys(data).length === 0)) {
    violations.push(violation('1.6 record with data', `Stream ${stream.name} sends a record without any field.`));
  }
  if (records.some(({ data }) => hasNoKey(stream.primaryKey, data))) {
    const sentence = `Stream ${stream.name} sends a record whose primary key is null.`;
    violations.push(violation('1.12 primary key not null', sentence));
  }
  for (const { data, meta } of records) {
    const kept = meta?.changes.find(({ change, field }) => change === 'NULLED' && data[field] !== null);
    if (!kept) continue;
    const sentence = `Stream ${stream.name} says that it has nulled ${kept.field}, but the record keeps a value.`;
    violations.push(violation('1.6 NULLED means null', sentence));
    break;
  }
  return violations;
}

function hasNoKey(primaryKey: ExpectedStream['primaryKey'], data: RecordMessage['data']): boolean {
  return primaryKey.length > 0 && primaryKey.every((path) => (fieldValue(data, path) ?? null) === null);
}

function warningViolations(stream: string, field: string, messages: readonly Message[]): Violation[] {
  const warnings = messages.filter(
    (message) =>
      message.type === 'LOG' &&
      message.log.level === 'WARN' &&
      mentions(message.log.message, stream) &&
      mentions(message.log.message, field),
  );
  if (warnings.length === 1) return [];
  const sentence = `The undeclared field ${field} of ${stream} is warned about ${warnings.length} times instead of once.`;
  return [violation('1 one WARN for an undeclared field', sentence)];
}
