import { streamStateIn } from '../../airbyte-state.ts';
import { inputError } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';

/**
 * Parses a state file into the states of streams. Accepts all formats that clients pass: an array of state messages, a single message,
 * `{}`, `[]`, an empty file, or the lines printed by `read`, where the last STATE of each stream counts. Ignores nulls and unknown keys.
 * Skips a truncated last line with a warning; a full disk or a killed process can truncate it. Errors contain the file's path and the
 * number of the invalid entry or line.
 */
export function parseState(path: string, text: string, warn: (sentence: string) => void): Map<string, Row> {
  const states = new Map<string, Row>();
  for (const [i, message] of valuesIn(path, text, warn).entries()) {
    if (isRow(message) && (OTHER_MESSAGES.includes(message['type']) || Object.values(message).every(isEmpty))) continue;
    const found = streamStateIn(message);
    if (found === undefined) {
      throw inputError(
        `The state file ${path} cannot be used: entry ${i + 1} is not a STREAM state whose stream_state is an object. Pass the STATE lines that a read printed.`,
      );
    }
    states.set(found.name, found.state);
  }
  return states;
}

const OTHER_MESSAGES: readonly unknown[] = ['RECORD', 'LOG', 'TRACE', 'CONTROL'];

/** Whether `part`, a value in a state message, contains no state. */
function isEmpty(part: unknown): boolean {
  return part === null || part === 'LEGACY' || (isRow(part) && Object.keys(part).length === 0);
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
          warn(`the last line of the state file ${path} is truncated, so only the states before it are used`);
          return [];
        }
        // Don't quote the line: it could contain a secret if the user passed the wrong file.
        throw inputError(
          `The state file ${path} is neither JSON nor JSON Lines: line ${i + 1} is invalid. Pass only complete STATE lines from a read.`,
        );
      }
    });
  }
}
