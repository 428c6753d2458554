import type { Writable } from 'node:stream';

// Import statements for node:fs and node:stream would also load all of their dependencies, and double the time that `spec` takes beyond the
// startup of Node.js itself.
const { fstatSync, readSync, statSync, writeFileSync, writeSync } = process.getBuiltinModule('node:fs');

const CLOSED =
  "it is closed, or is /dev/null opened for reading and writing, as Python's DEVNULL is; redirect stdout to a file or a pipe, or discard the output with > /dev/null";

/** Opens stdout as a stream that fails if any output can't be written. `fd` is 1, except in tests. */
export function openStdout(fd: number, stdout: Writable): Writable {
  if (wasClosed(fd)) {
    const stream = process.getBuiltinModule('node:stream');
    return new stream.Writable({ construct: (done) => done(new Error(CLOSED)) });
  }
  const kind = fstatSync(fd);
  const waits = kind.isFIFO() || kind.isSocket() || ('isTTY' in stdout && stdout.isTTY === true);
  return waits ? stdout : fileOutput(fd);
}

/** Writes as much as stdout accepts immediately, and returns the number of bytes written. The next write reports any error. */
export function writeNow(bytes: Buffer): number {
  try {
    return writeSync(1, bytes);
  } catch {
    return 0;
  }
}

/**
 * Whether stdout was closed when the process started. In this case, Node.js opens /dev/null for reading and writing. Python's DEVNULL is
 * also open for reading; a shell's `>` opens /dev/null only for writing.
 */
function wasClosed(fd: number): boolean {
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

/** A stream to a file that writes each chunk completely, or fails. */
export function fileOutput(fd: number): Writable {
  const stream = process.getBuiltinModule('node:stream');
  return new stream.Writable({
    decodeStrings: true,
    write(chunk: Buffer, _, done) {
      try {
        // With a descriptor, writeFileSync writes at the current position. Unlike Node.js's own stream for files, it continues after a
        // short write, for example when the disk is briefly full.
        writeFileSync(fd, chunk);
      } catch (error) {
        done(error as Error);
        return;
      }
      done();
    },
  });
}
