import { Writable } from 'node:stream';
import { setImmediate as everyoneElse } from 'node:timers/promises';

/** A stdout whose reader takes a chunk only when it is told to, unless it is prompt: then it takes all at once. */
export class StalledOutput extends Writable {
  text = '';
  prompt = false;
  readonly #taken: Array<() => void> = [];

  constructor() {
    super({ highWaterMark: 16 * 1024 });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const text = chunk.toString('utf8');
    this.text += text;
    if (this.prompt) return done();
    this.#taken.push(() => {
      if (chunk.toString('utf8') !== text) throw new Error('a chunk was written over before it was taken');
      done();
    });
  }

  /** Says whether there was something to take. */
  takeOne(): boolean {
    const done = this.#taken.shift();
    done?.();
    return done !== undefined;
  }

  /** Takes what is there, and what follows. */
  async takeAll(): Promise<void> {
    do await everyoneElse();
    while (this.takeOne());
  }
}
