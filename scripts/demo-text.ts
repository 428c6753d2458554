import { styleText } from 'node:util';
import { messagesInFile } from '../test-support/transcript.ts';

/** Statistics about a read's output for one stream. */
export interface StreamTally {
  records: number;
  /** The total size of the stream's RECORD lines. */
  bytes: number;
  /** When the statuses STARTED and COMPLETE were emitted (Unix time in ms). */
  startedAt: number;
  endedAt: number;
}

export interface Tally {
  streams: Map<string, StreamTally>;
  /** The STATE lines, from which the next read resumes. */
  stateLines: string[];
}

export async function tallyOf(file: string): Promise<Tally> {
  const streams = new Map<string, StreamTally>();
  const stateLines: string[] = [];
  for await (const { text, message } of messagesInFile(file)) {
    if (message.type === 'RECORD') {
      const stream = streams.get(message.record.stream);
      if (stream === undefined) throw new Error(`a record of ${message.record.stream} precedes its STARTED`);
      stream.records += 1;
      stream.bytes += Buffer.byteLength(text) + 1;
    } else if (message.type === 'STATE') {
      stateLines.push(text);
    } else if (message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS') {
      const { emitted_at: at, stream_status } = message.trace;
      const { name } = stream_status.stream_descriptor;
      if (stream_status.status === 'STARTED') streams.set(name, { records: 0, bytes: 0, startedAt: at, endedAt: at });
      const stream = streams.get(name);
      if (stream !== undefined) stream.endedAt = at;
    }
  }
  return { streams, stateLines };
}

const whole = new Intl.NumberFormat('en');

/** Formats a number with commas as thousands separators. */
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

// styleText omits colors if stdout isn't a terminal or NO_COLOR is set.
export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);
export const green = (text: string): string => styleText('green', text);
export const red = (text: string): string => styleText('red', text);

/** Formats a table with one row per stream and a row with totals. */
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
        'all, in parallel',
        count(sum(({ records }) => records)),
        size(sum(({ bytes }) => bytes)),
        seconds(ended - began),
      ),
    ),
  ].join('\n');
}

function row(name: string, ...figures: string[]): string {
  return `  ${name.padEnd(30)}${figures.map((figure) => figure.padStart(10)).join('')}`;
}
