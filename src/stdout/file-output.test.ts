import fs, { closeSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { fileOutput, openStdout } from './file-output.ts';
import { LineWriter } from './line-writer.ts';

const record = (writer: LineWriter, text: string): void =>
  writer.record(Buffer.from('['), JSON.stringify(text), Buffer.from(']\n'));

/** A file whose writes are passed to `write`, which returns the number of bytes that the file accepts. */
function fileThatWrites(write: (rest: Buffer) => number): Writable {
  vi.spyOn(fs, 'writeSync').mockImplementation((_fd, chunk: unknown, offset: unknown) =>
    write((chunk as Buffer).subarray(offset as number)),
  );
  return fileOutput(1);
}

afterEach(() => vi.restoreAllMocks());

test.each([
  ['r+', true],
  ['w', false],
])('if stdout is /dev/null, opened with the flags %s, it fails immediately: %s', async (flags, fails) => {
  const fd = openSync('/dev/null', flags);
  const failed = vi.fn<(error: Error) => void>();
  await new LineWriter(openStdout(fd, process.stdout), failed).drained();
  expect(failed).toHaveBeenCalledTimes(Number(fails));
  closeSync(fd);
});

test('a chunk is written completely, even if each write accepts only a part of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 300 })),
      fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
      async (texts, most) => {
        let file = Buffer.alloc(0);
        const out = fileThatWrites((rest) => {
          const part = rest.subarray(0, most.next().value ?? 1);
          file = Buffer.concat([file, part]);
          return part.length;
        });
        const writer = new LineWriter(out, () => undefined);
        for (const text of texts) record(writer, text);
        await writer.drained();
        expect(writer.failed).toBe(false);
        expect(file.toString()).toBe(texts.map((text) => `[${JSON.stringify(text)}]\n`).join(''));
      },
    ),
  );
});

test('nothing more is written after the disk becomes full in the middle of a line', async () => {
  const written: string[] = [];
  let room = 10;
  const out = fileThatWrites((rest) => {
    const part = rest.subarray(0, room);
    if (part.length === 0) {
      room = 1_000;
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    room -= part.length;
    written.push(part.toString());
    return part.length;
  });
  const failures: Error[] = [];
  const writer = new LineWriter(out, (error) => failures.push(error));
  record(writer, 'the first line');
  writer.flush();
  record(writer, 'the second line');
  await writer.ready();
  record(writer, 'the third line');
  await writer.drained();
  expect(written.join('')).toBe('["the firs');
  expect(writer.failed).toBe(true);
  expect(failures.map(({ message }) => message)).toEqual(['ENOSPC: no space left on device, write']);
});
