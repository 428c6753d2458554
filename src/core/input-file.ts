import { readFile } from 'node:fs/promises';
import { inputError } from './errors.ts';

/** Reads a file that the user named. `what` is "config", "catalog" or "state"; the errors name it and the path. */
export async function readInput(what: string, path: string): Promise<string> {
  // Whoever passes the JSON itself must not see its token in an error about a missing file.
  if (/^\s*[{[]/.test(path)) throw inputError(`--${what} takes the name of a file, not the JSON itself.`);
  try {
    const text = await readFile(path, 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    throw inputError(`The ${what} file ${path} ${reasonOf(error as NodeJS.ErrnoException)}.`, error);
  }
}

/** The JSON of such a file. The error gives the place, and never quotes the text: it may hold the token. */
export function parseInput(what: string, path: string, text: string): unknown {
  if (text.trim() === '') throw inputError(`The ${what} file ${path} is empty; it must hold JSON.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /\(line (\d+) column (\d+)\)/.exec((error as Error).message);
    const where = place === null ? '' : ` (line ${place[1]}, column ${place[2]})`;
    throw inputError(`The ${what} file ${path} is not valid JSON${where}.`);
  }
}

/** The name of a JSON value's type, as a sentence needs it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'EISDIR':
      return 'is a directory';
    case 'EACCES':
    case 'EPERM':
      return `cannot be read: permission denied for uid ${process.getuid?.() ?? 'unknown'}, which this program runs as`;
    default:
      return `cannot be read (${error.code ?? error.message})`;
  }
}
