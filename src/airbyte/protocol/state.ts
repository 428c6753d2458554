import { inputError } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { typeName } from '../../program/input-file.ts';

/**
 * Parses a state file into the states of streams. Accepts all formats that clients pass: an array of state messages, a single
 * message, `{}`, `[]`, an empty file, or the lines printed by `read`, where the last STATE of each stream counts. Ignores nulls and
 * unknown keys. Skips a truncated last line with a warning; a full disk or a killed process can truncate it. The error is one
 * sentence that identifies the file and the position.
 */
export function parseState(path: string, text: string, warn: (sentence: string) => void): Map<string, Row> {
  const states = new Map<string, Row>();
  const values = valuesIn(path, text, warn);
  for (const [i, value] of values.entries()) {
    const position = values.length === 1 ? '' : ` (entry ${i + 1})`;
    if (!isRow(value)) {
      throw inputError(`The state file ${path} must contain state messages, not ${typeName(value)}${position}.`);
    }
    const found = streamStateIn(value, `The state file ${path}`, position);
    if (found !== undefined) states.set(found.name, found.state);
  }
  return states;
}

function valuesIn(path: string, text: string, warn: (sentence: string) => void): unknown[] {
  if (text.trim() === '') return [];
  try {
    return [JSON.parse(text) as unknown].flat();
  } catch {
    const lines = text.split('\n');
    return lines.flatMap((line, i): unknown[] => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line)];
      } catch {
        if (i > 0 && i === lines.length - 1 && line.startsWith('{')) {
          warn(`the last line of the state file ${path} is truncated, so it is skipped; the states before it are used`);
          return [];
        }
        // The line isn't quoted, because it could be a secret from another file.
        throw inputError(
          `The state file ${path} is neither JSON nor JSON Lines: line ${i + 1} is invalid. Pass only complete STATE lines from a read.`,
        );
      }
    });
  }
}

const OTHER_MESSAGES: readonly unknown[] = ['RECORD', 'LOG', 'TRACE', 'CONTROL'];

/** The state of a stream in a message. Undefined for an empty object, for nulls only, and for other kinds of messages. */
function streamStateIn(message: Row, file: string, position: string): { name: string; state: Row } | undefined {
  const value = message['type'] === 'STATE' && isRow(message['state']) ? message['state'] : message;
  const { type, stream, data } = value;
  if (OTHER_MESSAGES.includes(type) || Object.values(value).every((part) => part === null)) return undefined;
  if ((type === undefined || type === 'LEGACY') && isRow(data) && Object.keys(data).length === 0) return undefined;
  if (type === 'GLOBAL' || type === 'LEGACY') {
    throw inputError(
      `${file} contains a ${type} state${position}, but this connector accepts only STREAM states. Pass the STATE lines that a read printed.`,
    );
  }
  const descriptor = isRow(stream) ? stream['stream_descriptor'] : undefined;
  const name = isRow(descriptor) ? descriptor['name'] : undefined;
  if (!isRow(stream) || typeof name !== 'string') {
    throw inputError(
      `${file} contains something other than a state message${position}. Pass the STATE lines that a read printed.`,
    );
  }
  const state = stream['stream_state'] ?? {};
  if (!isRow(state)) {
    throw inputError(
      `${file} contains a stream_state of ${name} that is ${typeName(state)}${position}, not an object.`,
    );
  }
  return { name, state };
}
