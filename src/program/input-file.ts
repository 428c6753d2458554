import { readFile } from 'node:fs/promises';
import { inputError } from '../core/failure/errors.ts';
import { type Row, isRow } from '../core/record/row.ts';

/** Reads a file that the user specified. Error messages contain `what` ("config", "catalog" or "state") and the path. */
export async function readInput(what: string, path: string): Promise<string> {
  // If JSON is given instead of a path, the error must not quote it, because JSON may contain credentials.
  if (/^\s*[{[]/.test(path))
    throw inputError(`--${what} expects a file name, not JSON. Save the JSON in a file, and pass the file name.`);
  try {
    const text = await readFile(path, 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    throw inputError(`The ${what} file ${path} ${reasonOf(what, error as NodeJS.ErrnoException)}.`, error);
  }
}

export async function readObject(what: string, path: string): Promise<Row> {
  const value = parseInput(what, path, await readInput(what, path));
  if (!isRow(value)) throw inputError(`The ${what} file ${path} must contain a JSON object, not ${typeName(value)}.`);
  return value;
}

/** Parses the JSON in a file. Errors contain the position, but never quote the text, which may contain a credential. */
export function parseInput(what: string, path: string, text: string): unknown {
  if (text.trim() === '') throw inputError(`The ${what} file ${path} is empty. It must contain JSON.`);
  if (what === 'catalog' && text.trimStart().startsWith('{"type":')) {
    throw inputError(
      `The catalog file ${path} contains messages, such as the output of discover, instead of a configured catalog. Create a configured catalog with discover --configured, or use --streams all.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw inputError(
      `The ${what} file ${path} is not valid JSON. Correct it at ${jsonPositionOf(error as Error, text)}.`,
    );
  }
}

/** Returns the position where the JSON is invalid. V8 doesn't report it for an unexpected token or an unexpected end. */
function jsonPositionOf({ message }: Error, text: string): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(message) ?? [];
  if (line !== undefined) return `line ${line}, column ${column}`;
  let right = hasWrongToken(text) ? 0 : text.length;
  // Text that ends before an unexpected token is merely incomplete, so a binary search finds the position.
  for (let wrong = text.length; right + 1 < wrong;) {
    const middle = Math.floor((right + wrong) / 2);
    if (hasWrongToken(text.slice(0, middle))) wrong = middle;
    else right = middle;
  }
  const lines = text.slice(0, right).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function hasWrongToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return (error as Error).message.endsWith('is not valid JSON');
  }
}

/** The type of a JSON value, as used in a sentence, such as `an array`. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function reasonOf(what: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return `does not exist. Check the path${what === 'state' ? ', or omit --state to read from the beginning' : ''}`;
  }
  if (code === 'EISDIR') return 'is a directory. Specify a file in this directory';
  if (code === 'EACCES' || code === 'EPERM') {
    return `cannot be read: permission denied for uid ${process.getuid?.() ?? 'unknown'}, the user that runs this program. Make it readable for that user`;
  }
  return `cannot be read (${code ?? message})`;
}
