import { Writable } from 'node:stream';
import { setImmediate as everyoneElse } from 'node:timers/promises';

/** A stdout whose reader takes a chunk only when it is told to. */
export class StalledOutput extends Writable {
  text = '';
  readonly #taken: Array<() => void> = [];

  constructor() {
    super({ highWaterMark: 16 * 1024 });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    this.#taken.push(done);
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
