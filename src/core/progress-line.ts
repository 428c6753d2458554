import type { StreamRead } from './stream-read.ts';

const EVERY_MS = 200;

/**
 * Keeps one line on a terminal up to date, for whoever sends stdout into a file and watches. `write` goes to that
 * terminal. The function that it gives ends it and wipes the line.
 */
export function showProgress(reads: readonly StreamRead[], write: (text: string) => void): () => void {
  const show = (): void => {
    const records = reads.reduce((sum, { output }) => sum + output.records, 0);
    const ended = reads.filter(({ output }) => output.ended).length;
    write(`\r\u001B[K${records.toLocaleString('en')} records, ${ended} of ${reads.length} streams read`);
  };
  const timer = setInterval(show, EVERY_MS);
  return () => {
    clearInterval(timer);
    write('\r\u001B[K');
  };
}
