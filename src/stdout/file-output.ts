import type { Writable } from 'node:stream';

// An import would load the dependencies of every export of these modules, and double the time that `spec` takes beyond
// a bare node.
const { fstatSync, readSync, statSync, writeSync } = process.getBuiltinModule('node:fs');

/** Writes part of the bytes, from the offset on, and returns how many. */
type WriteSome = (fd: number, bytes: Buffer, offset: number) => number;

/** stdout as a stream that fails if anything can't be written. `fd` is 1, except in tests. */
export function openStdout(fd: number, stdout: Writable): Writable {
  const kind = fstatSync(fd);
  const waits = kind.isFIFO() || kind.isSocket() || ('isTTY' in stdout && stdout.isTTY === true);
  return waits ? stdout : fileOutput(fd, writeSync);
}

/**
 * Writes as much as stdout accepts at once, and returns the number of bytes. An error is reported when the rest is
 * written.
 */
export function writeNow(bytes: Buffer): number {
  try {
    return writeSync(1, bytes);
  } catch {
    return 0;
  }
}

/**
 * Whether stdout was closed when the process started. Node.js then opens /dev/null in its place, also for reading, like
 * Python's DEVNULL but unlike a shell's `>`. `fd` is 1, except in tests.
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

/**
 * A file as a stream that writes each chunk completely, or ends with the error. Node's own stream treats a short write,
 * as on a disk that is briefly full, as complete, and continues after the truncated line.
 */
export function fileOutput(fd: number, write: WriteSome): Writable {
  const stream = process.getBuiltinModule('node:stream');
  return new stream.Writable({
    decodeStrings: true,
    write(chunk: Buffer, _, done) {
      try {
        for (let written = 0; written < chunk.length;) written += write(fd, chunk, written);
      } catch (error) {
        done(error as Error);
        return;
      }
      done();
    },
  });
}
