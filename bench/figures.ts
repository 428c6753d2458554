import type { Measurement } from './measure.ts';

/** The median of some numbers and how far they lie apart. */
export interface Figure {
  median: number;
  least: number;
  most: number;
}

export function figure(numbers: number[]): Figure {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (i: number): number => sorted[i] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) };
}

/** How many times as much each run took as the run of the other program beside it. */
export function ratio(ours: Measurement[], theirs: Measurement[], of: keyof Measurement): Figure {
  return figure(ours.map((run, i) => run[of] / (theirs[i]?.[of] ?? NaN)));
}

/** `1.12 (1.08-1.19)`: the median, and the spread of single runs. */
export function show({ median, least, most }: Figure, digits = 2): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}-${most.toFixed(digits)})`;
}

/** One line of the table: what was measured, what it came to, and what it is meant to stay within. */
export interface Row {
  what: string;
  value: string;
  goal: string;
}
