import { isDeepStrictEqual } from 'node:util';

/** Row counts by stream. */
export type Counts = Readonly<Record<string, number>>;

/** The rows' primary keys by stream, including duplicates. */
export type Keys = Readonly<Record<string, readonly string[]>>;

type Row = Readonly<Record<string, unknown>>;

/** Rows by stream and primary key. */
export type Rows = Readonly<Record<string, ReadonlyMap<string, Row>>>;

/** The maximum number of keys that a reported difference lists. */
const SHOWN = 3;

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
const total = (counts: Counts): number => sum(Object.values(counts));

/** Prints each comparison immediately, and counts passes and failures. */
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

  /**
   * Compares the row counts of each stream. The printed line contains the totals, and the counts of the `notable`
   * streams.
   */
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

  /** Compares the keys of each stream, and reports missing, additional and duplicate keys. */
  keys(what: string, found: Keys, expected: Keys): void {
    const streams = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    const differences = streams.flatMap((stream) => differencesOf(stream, found[stream] ?? [], expected[stream] ?? []));
    const [all, wanted] = [found, expected].map((keys) => Object.values(keys).flat().length);
    const line = `${what}: ${all} of ${wanted} rows, by key, ${streams.length} streams`;
    if (differences.length === 0) this.pass(line);
    else this.fail(line, differences.join('\n'));
  }

  /** Compares all fields of all rows. A missing field counts as null. */
  rows(what: string, found: Rows, expected: Rows): void {
    const streams = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    const differences = streams.flatMap((stream) => {
      const [there, wanted] = [found[stream] ?? new Map(), expected[stream] ?? new Map()] as const;
      return [
        ...differencesOf(stream, [...there.keys()], [...wanted.keys()]),
        ...fieldDifferencesOf(stream, there, wanted),
      ];
    });
    const [all, wanted] = [found, expected].map((rows) => sum(Object.values(rows).map(({ size }) => size)));
    const line = `${what}: ${all} of ${wanted} rows, by field, ${streams.length} streams`;
    if (differences.length === 0) this.pass(line);
    else this.fail(line, differences.join('\n'));
  }
}

/** Describes each field that differs between rows with the same key. */
function fieldDifferencesOf(
  stream: string,
  found: ReadonlyMap<string, Row>,
  expected: ReadonlyMap<string, Row>,
): string[] {
  const byField = new Map<string, string[]>();
  for (const [key, wanted] of expected) {
    const row = found.get(key);
    if (row === undefined) continue;
    for (const field of new Set([...Object.keys(wanted), ...Object.keys(row)])) {
      const [is, should] = [row[field] ?? null, wanted[field] ?? null];
      if (isDeepStrictEqual(is, should)) continue;
      const rows = byField.get(field) ?? [];
      rows.push(`${key}: ${JSON.stringify(is)} instead of ${JSON.stringify(should)}`);
      byField.set(field, rows);
    }
  }
  return [...byField].map(([field, rows]) => {
    const more = rows.length > SHOWN ? '\n  …' : '';
    return `${stream}.${field} differs in ${rows.length}\n  ${rows.slice(0, SHOWN).join('\n  ')}${more}`;
  });
}

function differencesOf(stream: string, found: readonly string[], expected: readonly string[]): string[] {
  const [there, wanted] = [new Set(found), new Set(expected)];
  const kinds = {
    missing: expected.filter((key) => !there.has(key)),
    'too many': found.filter((key) => !wanted.has(key)),
    repeated: found.filter((key, index) => wanted.has(key) && found.indexOf(key) !== index),
  };
  return Object.entries(kinds).flatMap(([kind, keys]) => {
    if (keys.length === 0) return [];
    const more = keys.length > SHOWN ? ', …' : '';
    return [`${stream}: ${keys.length} ${kind} (${keys.slice(0, SHOWN).join(', ')}${more})`];
  });
}
