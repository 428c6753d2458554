import { styleText } from 'node:util';
import type { StreamTally } from './demo-tally.ts';

const whole = new Intl.NumberFormat('en');

/** With a comma at the thousands. */
export function count(n: number): string {
  return whole.format(n);
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}

// styleText leaves colours out where stdout is no terminal, and where NO_COLOR asks for it.
export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);
export const green = (text: string): string => styleText('green', text);
export const red = (text: string): string => styleText('red', text);

/** A table with one row per stream, and their sum below. */
export function streamTable(streams: ReadonlyMap<string, StreamTally>): string {
  const tallies = [...streams.values()];
  const sum = (of: (tally: StreamTally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  const began = Math.min(...tallies.map(({ startedAt }) => startedAt));
  const ended = Math.max(...tallies.map(({ endedAt }) => endedAt));
  return [
    bold(row('stream', 'records', 'bytes', 'seconds')),
    ...[...streams].map(([name, { records, bytes, startedAt, endedAt }]) =>
      row(name, count(records), size(bytes), seconds(endedAt - startedAt)),
    ),
    bold(
      row(
        'all, side by side',
        count(sum(({ records }) => records)),
        size(sum(({ bytes }) => bytes)),
        seconds(ended - began),
      ),
    ),
  ].join('\n');
}

function row(name: string, ...figures: string[]): string {
  return `  ${name.padEnd(26)}${figures.map((figure) => figure.padStart(12)).join('')}`;
}
