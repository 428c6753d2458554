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
  if (text.trim() === '') {
    throw inputError(`The ${what} file ${path} is empty; it must hold JSON. Write the ${what} into it.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, invalidAt(text)).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    throw inputError(`The ${what} file ${path} is not valid JSON (${place}). Correct it there.`);
  }
}

// JSON's strings hold no control characters.
// oxlint-disable-next-line no-control-regex
const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** Where a text that is no JSON stops being JSON. Node tells the place of some mistakes only. */
function invalidAt(text: string): number {
  const open: string[] = [];
  // What may come next: a value, a key, one of them or the end of an empty list or object, a colon, or what follows a value.
  let next: 'value' | 'key' | 'value or end' | 'key or end' | 'colon' | 'follow' = 'value';
  for (let at = 0; ;) {
    const start = at + (/^[ \t\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return start;
    const [, mark, string] = match;
    at = TOKEN.lastIndex;
    if (mark === '}' || mark === ']') {
      const isEnd = next === 'follow' || next === (mark === '}' ? 'key or end' : 'value or end');
      if (!isEnd || open.pop() !== (mark === '}' ? '{' : '[')) return start;
      next = 'follow';
    } else if (mark === ',') {
      if (next !== 'follow' || open.length === 0) return start;
      next = open.at(-1) === '{' ? 'key' : 'value';
    } else if (mark === ':') {
      if (next !== 'colon') return start;
      next = 'value';
    } else if (next === 'key' || next === 'key or end') {
      if (string === undefined) return start;
      next = 'colon';
    } else if (next !== 'value' && next !== 'value or end') {
      return start;
    } else if (mark === undefined) {
      next = 'follow';
    } else {
      open.push(mark);
      next = mark === '{' ? 'key or end' : 'value or end';
    }
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
      return 'does not exist. Correct the path; a container sees only the files that are mounted into it';
    case 'EISDIR':
      return 'is a directory. Name the file in it';
    case 'EACCES':
    case 'EPERM':
      return `cannot be read: permission denied for uid ${process.getuid?.() ?? 'unknown'}, which this program runs as. Make it readable for that user`;
    default:
      return `cannot be read (${error.code ?? error.message}). Check the file and the disk that it is on`;
  }
}
