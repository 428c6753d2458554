import { CHECKPOINT_MS, RECORD_BYTES_PER_STATE_BYTE } from '../../core/output/checkpoints.ts';
import type { LineWriter } from '../../stdout/line-writer.ts';
import type { Row } from '../../core/record/row.ts';
import type { TapState } from './state-file.ts';

/** A STATE goes out after so many records of all streams, or as late as any checkpoint. */
const STATE_RECORDS = 1_000;

/**
 * The STATE messages of a run. Each holds where all streams stand, and none is ahead of what was printed: a stream's
 * bookmark is set only behind the records that it covers.
 */
export class StateLines {
  readonly #writer: LineWriter;
  readonly #now: () => number;
  /** Each bookmark as JSON, or as what makes it: it is made only when a STATE goes out. */
  readonly #bookmarks = new Map<string, string | (() => Row)>();
  /** The rest of the state as JSON. */
  readonly #rest: string;
  #last = '';
  #lastAt: number;
  /** What has come since the last STATE; bytes in characters, of which records have about as many. */
  #records = 0;
  #bytes = 0;
  /** Whether a bookmark was set since. */
  #hasNews = false;
  /** Whether a SCHEMA or RECORD was printed since. */
  #isBehind = false;

  /** `now` gives Unix ms. */
  constructor(writer: LineWriter, { bookmarks, rest }: TapState, now: () => number) {
    this.#writer = writer;
    this.#now = now;
    this.#lastAt = now();
    for (const [name, bookmark] of bookmarks) this.#bookmarks.set(name, JSON.stringify(bookmark));
    this.#rest = JSON.stringify(rest);
  }

  /** Sets where a stream stands. */
  set(name: string, bookmark: () => Row): void {
    this.#bookmarks.set(name, bookmark);
    this.#hasNews = true;
  }

  /** To be told of each message that is not a STATE; `records` is 1 for a RECORD. */
  printed(characters: number, records: 0 | 1): void {
    this.#isBehind = true;
    this.#bytes += characters;
    this.#records += records;
  }

  /** To be called before anything else is printed: targets take the first STATE for one that was saved already. */
  first(): void {
    this.#print(this.#line());
  }

  /** In the middle of a stream. */
  sendIfDue(): void {
    if (this.#records >= STATE_RECORDS || this.#isLate()) this.sendIfWorthIt();
  }

  /** Before a long wait. */
  sendIfWorthIt(): void {
    if (!this.#hasNews || (!this.#isLate() && this.#bytes < this.#last.length * RECORD_BYTES_PER_STATE_BYTE)) return;
    const line = this.#line();
    if (this.#isLate() || this.#bytes >= line.length * RECORD_BYTES_PER_STATE_BYTE) this.#print(line);
  }

  /** When a stream ends. */
  sendIfNew(): void {
    if (!this.#hasNews) return;
    const line = this.#line();
    if (line === this.#last) this.#hasNews = false;
    else this.#print(line);
  }

  /** At the end of the run, however it ends: some targets forget a STATE as soon as a RECORD follows it. */
  final(): void {
    const line = this.#line();
    if (this.#isBehind || line !== this.#last) this.#print(line);
  }

  #print(line: string): void {
    this.#writer.line(line);
    this.#last = line;
    this.#lastAt = this.#now();
    this.#records = 0;
    this.#bytes = 0;
    this.#hasNews = false;
    this.#isBehind = false;
  }

  #line(): string {
    const all: string[] = [];
    for (const [name, bookmark] of this.#bookmarks) {
      const json = typeof bookmark === 'string' ? bookmark : JSON.stringify(bookmark());
      this.#bookmarks.set(name, json);
      all.push(`${JSON.stringify(name)}:${json}`);
    }
    const rest = this.#rest === '{}' ? '}' : `,${this.#rest.slice(1)}`;
    return `{"type":"STATE","value":{"bookmarks":{${all.join(',')}}${rest}}\n`;
  }

  #isLate(): boolean {
    return this.#now() - this.#lastAt >= CHECKPOINT_MS;
  }
}
