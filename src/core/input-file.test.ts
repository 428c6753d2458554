import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { parseInput, readInput, typeName } from './input-file.ts';

vi.mock('node:fs/promises', { spy: true });
const folder = mkdtempSync(join(tmpdir(), 'input-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.mocked(fs.readFile).mockReset());

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('a file is read whatever its name, without its byte order mark', async () => {
  await expect(readInput('state', file('state.txt', '\uFEFF{"a":"ä"}'))).resolves.toBe('{"a":"ä"}');
});

describe('a file that cannot be read is named, with the reason', () => {
  test.each([
    [
      'does not exist. Correct the path; a container sees only the files that are mounted into it',
      join(folder, 'none.json'),
    ],
    [
      'does not exist. Correct the path; a container sees only the files that are mounted into it',
      join(file('plain', ''), 'below.json'),
    ],
    ['is a directory. Name the file in it', folder],
    ['cannot be read (ENAMETOOLONG). Check the file and the disk that it is on', join(folder, 'n'.repeat(300))],
  ])('%s', async (reason, path) => {
    await expect(readInput('catalog', path)).rejects.toMatchObject({
      message: `The catalog file ${path} ${reason}.`,
      failureType: 'config_error',
    });
  });

  test('permission denied: also who we are', async () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    vi.mocked(fs.readFile).mockRejectedValueOnce(denied);
    await expect(readInput('config', '/secrets/config.json')).rejects.toThrow(
      `The config file /secrets/config.json cannot be read: permission denied for uid ${process.getuid?.()}, which this program runs as.`,
    );
  });

  test.each(['{"api_token":"hunter2"}', ' [{"a":1}]'])('%s is no name of a file, and is not shown', async (json) => {
    await expect(readInput('config', json)).rejects.toThrow('--config takes the name of a file, not the JSON itself.');
  });
});

describe('JSON that is none', () => {
  test.each([
    ['', 'is empty; it must hold JSON. Write the config into it.'],
    [' \n', 'is empty; it must hold JSON. Write the config into it.'],
    ['{"api_token":"hunter2"', 'is not valid JSON (line 1, column 23). Correct it there.'],
    ['{\n  "api_token": "hunter2",\n}', 'is not valid JSON (line 3, column 1). Correct it there.'],
    ['{"api_token": hunter2}', 'is not valid JSON (line 1, column 15). Correct it there.'],
    ['hunter2', 'is not valid JSON (line 1, column 1). Correct it there.'],
    ['[1, 2', 'is not valid JSON (line 1, column 6). Correct it there.'],
    ['[1 2]', 'is not valid JSON (line 1, column 4). Correct it there.'],
    ['{"a" 1}', 'is not valid JSON (line 1, column 6). Correct it there.'],
    ['{"a": 01}', 'is not valid JSON (line 1, column 8). Correct it there.'],
    ['{"a": "x\n"}', 'is not valid JSON (line 1, column 7). Correct it there.'],
    ['{} {}', 'is not valid JSON (line 1, column 4). Correct it there.'],
    ['[}', 'is not valid JSON (line 1, column 2). Correct it there.'],
  ])('%j', (text, complaint) => {
    expect(() => parseInput('config', 'c.json', text)).toThrow(`The config file c.json ${complaint}`);
    expect(() => parseInput('config', 'c.json', text)).not.toThrow('hunter2');
  });
});

test('JSON of any type is parsed', () => {
  expect(parseInput('config', 'c.json', ' {"a":[1,null]}\n')).toEqual({ a: [1, null] });
  expect(parseInput('config', 'c.json', 'null')).toBeNull();
});

test.each([
  [null, 'null'],
  [[], 'an array'],
  [{}, 'an object'],
  ['', 'a string'],
  [0, 'a number'],
  [false, 'a boolean'],
])('%j is %s in a sentence', (value, name) => {
  expect(typeName(value)).toBe(name);
});
