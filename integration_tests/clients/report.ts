import { isDeepStrictEqual } from 'node:util';

/** Rows by stream. */
export type Counts = Readonly<Record<string, number>>;

const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What was compared, told to people as it happens, and counted. */
export class Report {
  #passed = 0;
  #failed = 0;
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get anyFailed(): boolean {
    return this.#failed > 0;
  }

  get tally(): string {
    return `${this.#passed} passed, ${this.#failed} failed`;
  }

  say(line: string): void {
    this.#print(line);
  }

  pass(what: string): void {
    this.#passed += 1;
    this.#print(`  ✓ ${what}`);
  }

  fail(what: string, why: string): void {
    this.#failed += 1;
    this.#print(`  ✗ ${what}\n${why.replaceAll(/^/gm, '      ')}`);
  }

  same(what: string, found: unknown, expected: unknown): void {
    if (isDeepStrictEqual(found, expected)) this.pass(what);
    else this.fail(what, `found     ${JSON.stringify(found)}\nexpected  ${JSON.stringify(expected)}`);
  }

  /** Compares stream by stream; the line shows the sums, and `notable` streams with their own. */
  counts(what: string, found: Counts, expected: Counts, notable: readonly string[] = []): void {
    const streams = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    const wrong = streams.filter((stream) => (found[stream] ?? 0) !== (expected[stream] ?? 0));
    const own = notable.map((stream) => `${stream} ${found[stream] ?? 0} of ${expected[stream] ?? 0}`);
    const sums = `${total(found)} of ${total(expected)} rows, ${streams.length} streams`;
    const line = [`${what}: ${sums}`, ...own].join(', ');
    const differences = wrong.map((name) => `${name}: ${found[name] ?? 0} instead of ${expected[name] ?? 0}`);
    if (wrong.length === 0) this.pass(line);
    else this.fail(line, differences.join('\n'));
  }
}
