import { CHECKPOINT_MS, RECORD_BYTES_PER_STATE_BYTE } from '../../core/output/checkpoints.ts';
import type { LineWriter } from '../../stdout/line-writer.ts';
import type { Row } from '../../core/record/row.ts';
import { type BookmarkFormat, bookmarkOf } from './bookmarks.ts';
import type { TapState } from './state-file.ts';

/** A STATE is printed after this many records of all streams, or after the checkpoint interval. */
const STATE_RECORDS = 1_000;

/**
 * Prints the STATE messages of a sync. Each message contains the bookmarks of all streams. The bookmark of a stream is set only after
 * the records that it covers, so a STATE never covers records that have not been printed.
 */
export class StateLines {
  readonly #writer: LineWriter;
  readonly #now: () => number;
  /** Each bookmark as serialized JSON. */
  readonly #bookmarks = new Map<string, string>();
  /** The states set since the last STATE. They are converted to bookmarks only when a STATE is printed. */
  readonly #news = new Map<string, { state: object; format: BookmarkFormat }>();
  /** The remaining content of the state as serialized JSON. */
  readonly #rest: string;
  #last = '';
  #lastAt: number;
  /** The records and characters printed since the last STATE. The number of characters approximates the number of bytes. */
  #records = 0;
  #characters = 0;

  /** `now` returns Unix ms. */
  constructor(writer: LineWriter, { bookmarks, rest }: TapState, now: () => number) {
    this.#writer = writer;
    this.#now = now;
    this.#lastAt = now();
    for (const [name, bookmark] of bookmarks) this.#bookmarks.set(name, JSON.stringify(bookmark));
    this.#rest = JSON.stringify(rest);
  }

  /** Sets the state of a stream. Must be called after the records that the state covers have been printed. */
  set(name: string, state: object, format: BookmarkFormat): void {
    this.#news.set(name, { state, format });
  }

  /** Must be called after every other message; `records` is 1 for a RECORD. */
  printed(characters: number, records: 0 | 1): void {
    this.#characters += characters;
    this.#records += records;
  }

  /** Prints a STATE in the middle of a stream if one is due. */
  sendIfDue(): void {
    if (this.#records >= STATE_RECORDS || this.#isLate()) this.sendIfWorthIt();
  }

  /** Prints new bookmarks before a long wait, unless the last STATE was large compared with the output since then. */
  sendIfWorthIt(): void {
    const isWorthIt = this.#characters >= this.#last.length * RECORD_BYTES_PER_STATE_BYTE;
    if (isWorthIt || this.#isLate()) this.sendIfNew();
  }

  /** Prints new bookmarks at the end of a stream. */
  sendIfNew(): void {
    if (this.#news.size > 0) this.#send(false);
  }

  /** Prints the last STATE at the end of the sync. Some targets discard a STATE as soon as a RECORD follows. */
  final(): void {
    this.#send(this.#characters > 0);
  }

  /**
   * Prints the first STATE. Must be called before any other message, because targets assume that this STATE has already been saved.
   */
  first(): void {
    this.#send(true);
  }

  #send(mayRepeat: boolean): void {
    const line = this.#line();
    if (line === this.#last && !mayRepeat) return;
    this.#writer.line(line);
    this.#last = line;
    this.#lastAt = this.#now();
    this.#records = 0;
    this.#characters = 0;
  }

  #line(): string {
    for (const [name, { state, format }] of this.#news) {
      this.#bookmarks.set(name, JSON.stringify(bookmarkOf(state as Row, format)));
    }
    this.#news.clear();
    const all = [...this.#bookmarks].map(([name, bookmark]) => `${JSON.stringify(name)}:${bookmark}`);
    const rest = this.#rest === '{}' ? '}' : `,${this.#rest.slice(1)}`;
    return `{"type":"STATE","value":{"bookmarks":{${all.join(',')}}${rest}}\n`;
  }

  #isLate(): boolean {
    return this.#now() - this.#lastAt >= CHECKPOINT_MS;
  }
}
