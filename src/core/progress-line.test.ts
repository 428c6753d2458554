import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StreamRead } from './stream-read.ts';
import { showProgress } from './progress-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('writes over its own line while streams are read, and wipes it at the end', () => {
  const outputs = [
    { records: 1_200, ended: false },
    { records: 34, ended: true },
  ];
  const written: string[] = [];
  const stop = showProgress(
    outputs.map((output) => ({ output }) as StreamRead),
    (text) => written.push(text),
  );
  expect(written).toEqual([]);
  vi.advanceTimersByTime(250);
  expect(written).toEqual(['\r\u001B[K1,234 records, 1 of 2 streams read']);
  stop();
  vi.advanceTimersByTime(1_000);
  expect(written.slice(1)).toEqual(['\r\u001B[K']);
});
