import { CHECKPOINT_MS, RECORD_BYTES_PER_STATE_BYTE } from '../../core/output/checkpoints.ts';
import type { LineWriter } from '../../stdout/line-writer.ts';
import type { Row } from '../../core/record/row.ts';
import { type BookmarkFormat, bookmarkOf } from './bookmarks.ts';
import type { TapState } from './state-file.ts';

/** A STATE is sent after this many records of all streams, or after the time between checkpoints. */
const STATE_RECORDS = 1_000;

/**
 * The STATE messages of a sync. Each contains the bookmarks of all streams. A stream's bookmark is set only after the
 * records that it covers, so no STATE is ahead of what was printed.
 */
export class StateLines {
  readonly #writer: LineWriter;
  readonly #now: () => number;
  /** Each bookmark as JSON. */
  readonly #bookmarks = new Map<string, string>();
  /** The states set since the last STATE. Their bookmarks are made only when one is sent. */
  readonly #news = new Map<string, { state: object; format: BookmarkFormat }>();
  /** The rest of the state as JSON. */
  readonly #rest: string;
  #last = '';
  #lastAt: number;
  /** Records and characters, which are about as many bytes, since the last STATE. */
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

  /** Call after the records that the state covers. */
  set(name: string, state: object, format: BookmarkFormat): void {
    this.#news.set(name, { state, format });
  }

  /** Call after every other message; `records` is 1 for a RECORD. */
  printed(characters: number, records: 0 | 1): void {
    this.#characters += characters;
    this.#records += records;
  }

  /** In the middle of a stream. */
  sendIfDue(): void {
    if (this.#records >= STATE_RECORDS || this.#isLate()) this.sendIfWorthIt();
  }

  /** Before a long wait: sends new bookmarks, unless the last STATE was large compared with the output since. */
  sendIfWorthIt(): void {
    const isWorthIt = this.#characters >= this.#last.length * RECORD_BYTES_PER_STATE_BYTE;
    if (isWorthIt || this.#isLate()) this.sendIfNew();
  }

  /** At the end of a stream. */
  sendIfNew(): void {
    if (this.#news.size > 0) this.#send(false);
  }

  /** At the end of the sync: some targets forget a STATE as soon as a RECORD follows it. */
  final(): void {
    this.#send(this.#characters > 0);
  }

  /** Call before any other message is printed: targets assume that the first STATE has already been saved. */
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
