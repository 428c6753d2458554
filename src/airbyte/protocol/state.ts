import { inputError } from '../../core/failure/errors.ts';
import { typeName } from '../../program/input-file.ts';

type Json = Record<string, unknown>;

/**
 * The state of each stream from a state file, in every form that clients hand in: an array of state messages, one
 * message, `{}`, `[]`, nothing at all, or lines as `read` prints them, of which the last STATE of a stream wins.
 * Nulls and foreign fields are ignored. A last line that is torn, as a full disk or a kill leaves it, is skipped, and
 * `warn` is told. Throws one sentence that names the file and the place.
 */
export function parseState(path: string, text: string, warn: (sentence: string) => void): Map<string, Json> {
  const states = new Map<string, Json>();
  const values = valuesOf(path, text, warn);
  for (const [i, value] of values.entries()) {
    const place = values.length === 1 ? '' : ` (entry ${i + 1})`;
    if (!isObject(value)) {
      throw inputError(`The state file ${path} must hold state messages; it holds ${typeName(value)}${place}.`);
    }
    const found = streamStateOf(value, `The state file ${path}`, place);
    if (found !== undefined) states.set(found.name, found.state);
  }
  return states;
}

function valuesOf(path: string, text: string, warn: (sentence: string) => void): unknown[] {
  if (text.trim() === '') return [];
  try {
    const whole: unknown = JSON.parse(text);
    return Array.isArray(whole) ? (whole as unknown[]) : [whole];
  } catch {
    const lines = text.split('\n');
    return lines.flatMap((line, i): unknown[] => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line)];
      } catch {
        if (i > 0 && i === lines.length - 1 && line.startsWith('{')) {
          warn(`the last line of the state file ${path} is torn and is skipped; the states before it count`);
          return [];
        }
        // Never quoted: a foreign file may hold anything.
        throw inputError(
          `The state file ${path} is neither JSON nor lines of JSON: line ${i + 1} cannot be read. Pass only complete STATE lines of a read.`,
        );
      }
    });
  }
}

/** `undefined` for what holds no state of a stream: an empty object, another message of a read's output, nulls. */
function streamStateOf(message: Json, file: string, place: string): { name: string; state: Json } | undefined {
  const value = message['type'] === 'STATE' && isObject(message['state']) ? message['state'] : message;
  const type = value['type'] ?? (value['stream'] == null ? undefined : 'STREAM');
  if (type === 'GLOBAL' || value['global'] != null) {
    throw inputError(
      `${file} holds a GLOBAL state${place}; this connector takes only STREAM states. Pass the STATE lines that a read printed.`,
    );
  }
  if (type === 'LEGACY' || value['data'] != null) {
    if (isObject(value['data']) && Object.keys(value['data']).length > 0) {
      throw inputError(
        `${file} holds a LEGACY state${place}, which this connector never wrote; it takes only STREAM states.`,
      );
    }
    return undefined;
  }
  if (type === 'STREAM') {
    const stream = value['stream'];
    const descriptor = isObject(stream) ? stream['stream_descriptor'] : undefined;
    const name = isObject(descriptor) ? descriptor['name'] : undefined;
    if (!isObject(stream) || typeof name !== 'string') {
      throw inputError(`${file} holds a STREAM state without stream.stream_descriptor.name${place}.`);
    }
    const state = stream['stream_state'] ?? {};
    if (!isObject(state)) {
      throw inputError(
        `${file} holds a stream_state of ${name} that must be an object; it is ${typeName(state)}${place}.`,
      );
    }
    return { name, state };
  }
  if (Object.values(value).every((part) => part === null)) return undefined;
  if (typeof type === 'string' && OTHER_MESSAGES.has(type)) return undefined;
  throw inputError(
    `${file} holds something that is not a state message${place}. Pass the STATE lines that a read printed.`,
  );
}

const OTHER_MESSAGES = new Set(['RECORD', 'LOG', 'TRACE', 'CONTROL']);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
