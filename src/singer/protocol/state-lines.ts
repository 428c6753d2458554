import { CHECKPOINT_MS, RECORD_BYTES_PER_STATE_BYTE } from '../../core/output/checkpoints.ts';
import type { LineWriter } from '../../stdout/line-writer.ts';
import type { Row } from '../../core/record/row.ts';
import { type BookmarkFormat, bookmarkOf } from './bookmarks.ts';
import type { TapState } from './state-file.ts';

/** Prints a sync's STATE messages. Each contains the bookmarks of all streams, and covers only records that have already been printed. */
export class StateLines {
  readonly #writer: LineWriter;
  readonly #now: () => number;
  /** Each bookmark as serialized JSON. */
  readonly #bookmarks: Map<string, string>;
  /** The state's other keys as serialized JSON. */
  readonly #rest: string;
  #isNew = false;
  #lastLength = 0;
  #lastAt = 0;
  /** The number of characters printed since the last STATE, which is roughly the number of bytes. */
  #characters = 0;

  /** `now` returns Unix ms. */
  constructor(writer: LineWriter, { bookmarks, rest }: TapState, now: () => number) {
    this.#writer = writer;
    this.#now = now;
    this.#bookmarks = new Map([...bookmarks].map(([name, bookmark]) => [name, JSON.stringify(bookmark)]));
    this.#rest = JSON.stringify(rest);
  }

  /** Sets the state of a stream. Must be called after the records that the state covers have been printed. */
  set(name: string, state: object, format: BookmarkFormat): void {
    const bookmark = JSON.stringify(bookmarkOf(state as Row, format));
    if (this.#bookmarks.get(name) === bookmark) return;
    this.#bookmarks.set(name, bookmark);
    this.#isNew = true;
  }

  /** Must be called for every other message, with the message's length. */
  printed(characters: number): void {
    this.#characters += characters;
  }

  /** Prints new bookmarks in the middle of a stream, unless the last STATE is recent and large compared with the output since then. */
  sendIfDue(): void {
    const isLate = this.#now() - this.#lastAt >= CHECKPOINT_MS;
    if (isLate || this.#characters >= this.#lastLength * RECORD_BYTES_PER_STATE_BYTE) this.sendIfNew();
  }

  /** Prints new bookmarks at the end of a stream. */
  sendIfNew(): void {
    if (this.#isNew) this.send();
  }

  /** Prints a last STATE at the end of the sync, even if nothing is new, because some targets discard a STATE if a RECORD follows. */
  final(): void {
    if (this.#isNew || this.#characters > 0) this.send();
  }

  /** Prints a STATE. A sync must call this before it prints anything else, because targets assume that the first STATE is already saved. */
  send(): void {
    const all = [...this.#bookmarks].map(([name, bookmark]) => `${JSON.stringify(name)}:${bookmark}`);
    const rest = this.#rest === '{}' ? '}' : `,${this.#rest.slice(1)}`;
    const line = `{"type":"STATE","value":{"bookmarks":{${all.join(',')}}${rest}}\n`;
    this.#writer.line(line);
    this.#isNew = false;
    this.#lastLength = line.length;
    this.#lastAt = this.#now();
    this.#characters = 0;
  }
}
