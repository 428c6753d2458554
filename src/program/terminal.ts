import type { OpenStream } from '../core/retrieval/open-stream.ts';
import { asOneLine } from '../stdout/line-encoding.ts';

/** The user's terminal while stdout is redirected to a file or another program. */
export interface Terminal {
  write(text: string): void;
  /** The width in characters, which may change. */
  columns(): number;
}

const INTERVAL_MS = 200;
const WIPE = '\r\u001B[K';

/**
 * Keeps a progress line on the terminal up to date. When all streams have ended, call the returned function to print a summary. `failures`
 * are sentences about what happened and what to do.
 */
export function followRead(
  streams: readonly OpenStream[],
  terminal: Terminal,
): (failures: readonly string[], wasStopped: boolean) => void {
  const began = Date.now();
  const seconds = (): number => (Date.now() - began) / 1_000;
  const records = (): number => streams.reduce((sum, { reader }) => sum + reader.sink.records, 0);
  const show = (): void => {
    const ended = streams.filter(({ reader }) => reader.sink.hasEnded).length;
    const rate = Math.round(records() / Math.max(seconds(), 0.001)).toLocaleString('en');
    const line = `${count(records(), 'record')}, ${ended} of ${streams.length} streams done, ${rate}/s, ${duration(seconds())}${waitOf(streams)}`;
    // Truncate the line, because a wrapped line can't be erased.
    terminal.write(`${WIPE}${line.slice(0, Math.max(0, terminal.columns() - 1))}`);
  };
  const timer = setInterval(show, INTERVAL_MS);
  return (failures, wasStopped) => {
    clearInterval(timer);
    const read = `${count(records(), 'record')} of ${count(streams.length, 'stream')} in ${duration(seconds())}`;
    const skipped = streams.flatMap(({ reader }) =>
      reader.skipped === undefined ? [] : [`${reader.stream.name}: ${reader.skipped} skipped`],
    );
    const result = failures.length > 0 ? `Incomplete: read ${read}.` : `Read ${read}.`;
    const line = wasStopped
      ? `Stopped after ${read}. To resume, pass the STATE messages from the output with --state.`
      : result;
    terminal.write(`${WIPE}${[line, ...[...failures, ...skipped].map((each) => `- ${asOneLine(each)}`)].join('\n')}\n`);
  };
}

/** The first stream that waits for a rate limit, and how long. */
function waitOf(streams: readonly OpenStream[]): string {
  const now = Date.now();
  const held = streams.find(({ reader: { sink } }) => !sink.hasEnded && sink.heldUntil > now)?.reader;
  return held === undefined
    ? ''
    : `; ${held.stream.name} waits ${duration((held.sink.heldUntil - now) / 1_000)} for the rate limit`;
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/** A duration such as `59.9 s` or `2 min`. */
function duration(seconds: number): string {
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min`;
}
