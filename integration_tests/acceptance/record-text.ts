import type { CommandRun } from './command-run.ts';
import { recordsOf } from './read-result.ts';
import { isObject } from './schema-nodes.ts';

// JSON.parse cannot tell 1.0 from 1, but a strict reader calls only the latter an integer.
const decimal = /[.eE]/;

/** The data of a stream's records; a whole number that is written with a point or an exponent comes as a fraction. */
export function strictDataOf(run: CommandRun, stream: string): unknown[] {
  const isSuspect = /\d\.0*[,}\]]|\d[eE][+-]?\d/.test(run.transcript.text);
  if (!isSuspect) return recordsOf(run, stream).map(({ data }) => data);
  const found: unknown[] = [];
  for (const line of run.transcript.text.split('\n')) {
    if (!line.startsWith('{"type":"RECORD"')) continue;
    const message: unknown = JSON.parse(line, withFractions);
    const record = isObject(message) ? message['record'] : undefined;
    if (isObject(record) && record['stream'] === stream) found.push(record['data']);
  }
  return found;
}

function withFractions(_key: string, value: unknown, ...[context]: unknown[]): unknown {
  const source = isObject(context) ? context['source'] : undefined;
  const isWritten = typeof source === 'string' && decimal.test(source);
  return typeof value === 'number' && Number.isInteger(value) && isWritten ? value + 0.5 : value;
}
