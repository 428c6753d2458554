import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseInput, readInput, readObject, typeName } from './input-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'input-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test("a file is read without its byte order mark, whatever the file's name", async () => {
  await expect(readInput('state', file('state.txt', '\uFEFF{"a":"ä"}'))).resolves.toBe('{"a":"ä"}');
});

describe('an error about an unreadable file', () => {
  test.each([
    ['does not exist. Check the path', join(folder, 'none.json')],
    ['does not exist. Check the path', join(file('plain', ''), 'below.json')],
    ['is a directory. Specify a file in this directory', folder],
    ['cannot be read (ENAMETOOLONG)', join(folder, 'n'.repeat(300))],
  ])('contains the path and the reason: %s', async (reason, path) => {
    await expect(readInput('catalog', path)).rejects.toMatchObject({
      message: `The catalog file ${path} ${reason}.`,
      failureType: 'config_error',
    });
  });

  test('names the current user if permission is denied', async () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    const readFile = vi.spyOn(fs, 'readFile').mockRejectedValue(denied);
    onTestFinished(() => {
      readFile.mockRestore();
      syncBuiltinESMExports();
    });
    syncBuiltinESMExports();
    await expect(readInput('config', '/secrets/config.json')).rejects.toThrow(
      `The config file /secrets/config.json cannot be read: permission denied for uid ${process.getuid?.()}, the user that runs this program. Make it readable for that user.`,
    );
  });

  test.each(['{"api_token":"hunter2"}', ' [{"a":1}]'])(
    'does not quote JSON that was given instead of a path: %s',
    async (json) => {
      await expect(readInput('config', json)).rejects.toThrow(
        '--config expects a file name, not JSON. Save the JSON in a file, and pass the file name.',
      );
    },
  );
});

describe('an error about invalid JSON', () => {
  test.each([
    ['', 'is empty. It must contain JSON.'],
    [' \n', 'is empty. It must contain JSON.'],
    ['{"api_token":"hunter2"', 'is not valid JSON. Correct it at line 1, column 23.'],
    ['{\n  "api_token": "hunter2",\n}', 'is not valid JSON. Correct it at line 3, column 1.'],
    ['{"api_token": hunter2}', 'is not valid JSON. Correct it at line 1, column 15.'],
    ['{\n  "api_token": "hunter2",\n  "page_size": x,\n  "a": [1, 2]\n}', 'Correct it at line 3, column 16.'],
    ['{\n  "api_token": "(line 7 column 8)",\n  "a": hunter2\n}', 'Correct it at line 3, column 8.'],
    ['{"api_token": "hunter2",\n"a": ', 'is not valid JSON. Correct it at line 2, column 6.'],
    ['hunter2', 'is not valid JSON. Correct it at line 1, column 1.'],
    ['undefined', 'is not valid JSON. Correct it at line 1, column 1.'],
  ])('contains the position, but not the text: %j', (text, message) => {
    expect(() => parseInput('config', 'c.json', text)).toThrow(/^The config file c\.json /);
    expect(() => parseInput('config', 'c.json', text)).toThrow(message);
    expect(() => parseInput('config', 'c.json', text)).not.toThrow('hunter2');
  });
});

test('an error about a missing state file explains how to read without a state', async () => {
  await expect(readInput('state', join(folder, 'none'))).rejects.toThrow(
    'none does not exist. Check the path, or omit --state to read from the beginning.',
  );
});

test('the output of discover is not accepted as a configured catalog', () => {
  expect(() => parseInput('catalog', 'c.json', '{"type":"LOG"}\n{"type":"CATALOG"}\n')).toThrow(
    'The catalog file c.json contains messages, such as the output of discover, instead of a configured catalog. Create a configured catalog with discover --configured, or use --streams all.',
  );
});

test('readObject accepts only a JSON object', async () => {
  const path = file('list.json', '[1]');
  await expect(readObject('config', path)).rejects.toThrow(
    `The config file ${path} must contain a JSON object, not an array.`,
  );
  await expect(readObject('config', file('object.json', '{"a":[1]}'))).resolves.toEqual({ a: [1] });
});

test('parseInput accepts JSON of any type', () => {
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
])('typeName describes %j as "%s"', (value, name) => {
  expect(typeName(value)).toBe(name);
});
