/** Options for Node.js, as in NODE_OPTIONS, that make a child process run this code before the program. */
function preload(code: string): string {
  return `--import data:text/javascript,${encodeURIComponent(code)}`;
}

/** Options for Node.js that make a child process run this code when it sends its first request. */
export function onFirstRequest(code: string): string {
  return preload(`
    import { subscribe, unsubscribe } from 'node:diagnostics_channel';
    const channel = 'undici:client:sendHeaders';
    const run = () => { unsubscribe(channel, run); ${code} };
    subscribe(channel, run);`);
}

/** The text that a child process with the options of `tellingOfStall` prints on stderr. */
export const STALLED = 'stalled';

/**
 * Options for Node.js that make a child process report a stall on stderr. A stall means that the reader accepts no more output, and that no
 * request has been in flight for a thousand turns of the event loop. Counting turns instead of time makes the test independent of the
 * machine's speed.
 */
export function tellingOfStall(): string {
  return preload(`
    import { subscribe } from 'node:diagnostics_channel';
    let underWay = 0, turns = 0, told = false;
    const look = () => {
      if (told || underWay > 0) return;
      if ((turns += 1) < 1000) setImmediate(look);
      else if (process.stdout.writableNeedDrain) told = process.stderr.write('${STALLED}') || true;
    };
    const ended = () => {
      underWay -= 1;
      turns = 0;
      setImmediate(look);
    };
    subscribe('undici:request:create', () => { underWay += 1; });
    subscribe('undici:request:trailers', ended);
    subscribe('undici:request:error', ended);`);
}

/** The line after which a process sends itself a signal, and the signal. */
export interface KillAfterLines {
  lines: number;
  signal: NodeJS.Signals;
  /** Counting starts at the first line that begins with this text. */
  from?: string;
}

/**
 * Options for Node.js that make a child process send itself a signal after printing this many lines. A signal from another process could
 * arrive too late if the reader is slow, or even after the process has ended.
 */
export function killingAfterLines({ lines, signal, from = '' }: KillAfterLines): string {
  return preload(`
    const { stdout } = process;
    const write = stdout.write.bind(stdout);
    const from = Buffer.from(${JSON.stringify(from)});
    let left = ${lines}, counts = false, killed = false;
    stdout.write = (chunk, ...more) => {
      if (left <= 0) return killed || write(chunk, ...more);
      const bytes = Buffer.from(chunk);
      let end = 0;
      for (let at = bytes.indexOf(10); at !== -1 && left > 0; at = bytes.indexOf(10, end)) {
        counts ||= bytes.subarray(end, at).indexOf(from) === 0;
        end = at + 1;
        if (counts) left -= 1;
      }
      if (left > 0) return write(bytes, ...more);
      // Send the signal only after the reader has received these lines, because SIGKILL would lose output that didn't
      // fit into the pipe.
      write(bytes.subarray(0, end), () => process.kill(process.pid, '${signal}'));
      killed = ${signal === 'SIGKILL'};
      return killed || write(bytes.subarray(end), ...more);
    };`);
}
