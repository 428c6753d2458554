import type { Writable } from 'node:stream';
import { type LineEncoding, UTF8 } from './line-encoding.ts';

/** A chunk is written once it has this many bytes. A pipe usually accepts such a chunk at once. */
const CHUNK_BYTES = 56 * 1024;
const ROOM_BYTES = 64 * 1024;
/** The maximum number of UTF-8 bytes of one UTF-16 code unit. */
const UNIT_BYTES = 3;

/** The only writer to stdout. Collects records into chunks, and writes other lines immediately, after the collected records. */
export class LineWriter {
  readonly #out: Writable;
  // A buffer instead of a string: one character beyond Latin-1 would make a string chunk slow to build and encode.
  #chunk = Buffer.allocUnsafe(ROOM_BYTES);
  #used = 0;
  /** The number of bytes in the chunk that are already encoded. The remaining bytes are encoded before the chunk is written. */
  #encoded = 0;
  #draining: Promise<void> | undefined;
  readonly #onFailure: (error: NodeJS.ErrnoException) => void;
  readonly #encoding: LineEncoding;
  /** Whether stdout has failed, in which case the output is incomplete. */
  failed = false;

  /** `onFailure` is called once, when stdout fails, for example because the disk is full. Nothing is written after a failure. */
  constructor(out: Writable, onFailure: (error: NodeJS.ErrnoException) => void, encoding: LineEncoding = UTF8) {
    this.#out = out;
    this.#encoding = encoding;
    this.#onFailure = onFailure;
    // Without a listener, a broken pipe would cause an uncaught exception.
    out.on('error', (error) => this.#fail(error));
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.failed) return;
    this.failed = true;
    this.#onFailure(error);
  }

  /** Writes one or more complete lines, including their line breaks. */
  line(text: string): void {
    this.#append(text);
    this.flush();
  }

  /** Writes a line that consists of three parts. Joining the parts first would copy every record once more. */
  record(head: Uint8Array, data: string, tail: Uint8Array): void {
    const most = head.length + data.length * UNIT_BYTES + tail.length;
    if (this.#used + most > ROOM_BYTES || !this.#appendAscii(head, data, tail)) {
      this.#append(Buffer.from(head).toString() + data + Buffer.from(tail).toString());
    }
    if (this.#used >= CHUNK_BYTES) this.flush();
  }

  /** Writes the chunk. Call this before waiting for anything. */
  flush(): void {
    if (this.#used === 0) return;
    this.#encodeFresh();
    const chunk = this.#chunk.subarray(0, this.#used);
    this.#used = 0;
    this.#encoded = 0;
    // Copy the chunk: many small messages may wait for a stalled reader, and each would otherwise occupy a whole buffer.
    if (this.#out.writableLength > 0) this.#write(Buffer.from(chunk));
    else {
      this.#write(chunk);
      // Usually, stdout accepts the whole chunk at once, so the chunk can be reused.
      if (this.#out.writableLength > 0) this.#chunk = Buffer.allocUnsafe(ROOM_BYTES);
    }
  }

  /** Encodes the records that `#appendAscii` added. Even ASCII text can contain escaped lone surrogates, which must be replaced. */
  #encodeFresh(): void {
    const { suspects, encode } = this.#encoding;
    const fresh = this.#chunk.subarray(this.#encoded, this.#used);
    if (suspects.some((suspect) => fresh.includes(suspect))) {
      this.#used = this.#encoded + Buffer.from(encode(fresh.toString())).copy(this.#chunk, this.#encoded);
    }
    this.#encoded = this.#used;
  }

  #appendAscii(head: Uint8Array, data: string, tail: Uint8Array): boolean {
    const chunk = this.#chunk;
    const at = this.#used + head.length;
    const bytes = chunk.write(data, at);
    // If there are as many bytes as characters, the text is ASCII and contains no line breaks to escape.
    if (bytes !== data.length) return false;
    chunk.set(head, this.#used);
    chunk.set(tail, at + bytes);
    this.#used = at + bytes + tail.length;
    return true;
  }

  #append(line: string): void {
    const bytes = Buffer.from(this.#encoding.encode(line));
    if (this.#used + bytes.length > ROOM_BYTES) this.flush();
    if (bytes.length > ROOM_BYTES) {
      this.#write(bytes);
      return;
    }
    this.#encodeFresh();
    this.#used += bytes.copy(this.#chunk, this.#used);
    this.#encoded = this.#used;
  }

  #write(chunk: string | Buffer): void {
    if (!this.failed) this.#out.write(chunk);
  }

  /** Flushes the chunk, and resolves when stdout accepts more output. */
  async ready(): Promise<void> {
    this.flush();
    // Check the stream now: after an earlier `false` from write(), the drain event may already have occurred.
    if (this.failed || this.#out.writableLength === 0 || !this.#out.writableNeedDrain) return;
    this.#draining ??= new Promise((resolve) => {
      const done = (): void => {
        this.#out.off('drain', done).off('close', done).off('error', done);
        this.#draining = undefined;
        resolve();
      };
      this.#out.on('drain', done).on('close', done).on('error', done);
    });
    await this.#draining;
  }

  /** Flushes the chunk, and resolves when stdout has accepted all output or failed. */
  async drained(): Promise<void> {
    this.flush();
    if (this.failed) return;
    await new Promise<void>((done) =>
      this.#out.once('close', done).write('', (error) => {
        if (error) this.#fail(error);
        done();
      }),
    );
  }
}

/** Returns a function that encodes the result of `textAt` and caches the last one, because all records of a page have the same `at`. */
export function cachedBytes(textAt: (at: number) => string): (at: number) => Buffer {
  let lastAt: number | undefined;
  let bytes = Buffer.alloc(0);
  return (at) => {
    if (at !== lastAt) bytes = Buffer.from(textAt(at));
    lastAt = at;
    return bytes;
  };
}
