import type { Writable as NodeWritable } from 'node:stream';

// An import would have every export of both made first, their promises among them: a tenth of the start of `spec`.
const { fstatSync, readSync, statSync, writeSync } = process.getBuiltinModule('node:fs');
const { Writable } = process.getBuiltinModule('node:stream');

/**
 * stdout as something that fails where it cannot be written whole. Node's own stream for files takes a short write, of
 * a disk that is full for a moment, for a whole one, and goes on behind the torn line. `fd` is 1, but for tests.
 */
export function openOutput(fd: number, stdout: NodeWritable): NodeWritable {
  const kind = fstatSync(fd);
  const waits = kind.isFIFO() || kind.isSocket() || ('isTTY' in stdout && stdout.isTTY === true);
  return waits ? stdout : new FileOutput(fd, writeSync);
}

/**
 * Whether stdout was closed when the process started. Node.js then opens /dev/null in its place, for reading too, unlike a
 * shell's `>`, but like Python's DEVNULL. `fd` is 1, except in tests.
 */
export function wasClosed(fd = 1): boolean {
  const kind = fstatSync(fd);
  if (!kind.isCharacterDevice()) return false;
  if (kind.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev) return false;
  try {
    readSync(fd, Buffer.alloc(1));
    return true;
  } catch {
    return false;
  }
}

/** Writes every chunk to its last byte, or ends with the error. `write` is `writeSync` of node:fs, but for tests. */
export class FileOutput extends Writable {
  readonly #fd: number;
  readonly #write: (fd: number, chunk: Buffer, offset: number) => number;

  constructor(fd: number, write: (fd: number, chunk: Buffer, offset: number) => number) {
    super({ decodeStrings: true });
    this.#fd = fd;
    this.#write = write;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      for (let written = 0; written < chunk.length;) written += this.#write(this.#fd, chunk, written);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }
}
