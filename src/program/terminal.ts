import type { OpenStream } from '../core/retrieval/open-stream.ts';
import { asOneLine } from '../stdout/line-encoding.ts';

/** The terminal at which a person watches, while stdout goes into a file or another program. */
export interface Terminal {
  write(text: string): void;
  /** Its width in characters, which may change. */
  columns(): number;
}

const EVERY_MS = 200;
const WIPE = '\r\u001B[K';

/** How a run ended, for a person. */
export interface RunEnd {
  /** Each with what to do, in the order in which they are told. */
  failures: readonly string[];
  /** A person or a scheduler stopped it. */
  stopped: boolean;
}

/**
 * Keeps one line on the terminal up to date while the streams are read. The function that it gives ends that, and says
 * how the run ended. `now` gives Unix ms.
 */
export function followRun(
  streams: readonly OpenStream[],
  terminal: Terminal,
  now: () => number = Date.now,
): (end: RunEnd) => void {
  const began = now();
  const seconds = (): number => (now() - began) / 1_000;
  const records = (): number => streams.reduce((sum, { reader }) => sum + reader.sink.records, 0);
  const show = (): void => {
    const ended = streams.filter(({ reader }) => reader.sink.hasEnded).length;
    const rate = Math.round(records() / Math.max(seconds(), 0.001));
    const line = `${count(records(), 'record')}, ${ended} of ${streams.length} streams done, ${count(rate)}/s, ${clock(seconds())}`;
    // A line that wraps cannot be wiped.
    terminal.write(`${WIPE}${line.slice(0, Math.max(0, terminal.columns() - 1))}`);
  };
  const timer = setInterval(show, EVERY_MS);
  return ({ failures, stopped }) => {
    clearInterval(timer);
    const read = `${count(records(), 'record')} of ${count(streams.length, 'stream')} in ${seconds() < 60 ? `${seconds().toFixed(1)} s` : clock(seconds())}`;
    const skipped = streams.flatMap(({ reader: { report, stream } }) =>
      report.skipped === undefined ? [] : [`${stream.name}: ${report.skipped} skipped`],
    );
    const line = stopped
      ? `Stopped after ${read}. To continue from here, pass the STATE lines of the output with --state.`
      : failures.length > 0
        ? `Incomplete: read ${read}.`
        : `Read ${read}.`;
    terminal.write(`${WIPE}${[line, ...[...failures, ...skipped].map((each) => `- ${asOneLine(each)}`)].join('\n')}\n`);
  };
}

/** `12 records`; without a noun the number alone. */
function count(n: number, noun?: string): string {
  const number = n.toLocaleString('en');
  return noun === undefined ? number : `${number} ${noun}${n === 1 ? '' : 's'}`;
}

/** `0:07`, `12:34`, `1:02:03`. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
