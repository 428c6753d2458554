import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { events, openRead, openRun, parts } from '../../test-support/unit/reads.ts';
import { followRead } from './terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/**
 * Follows two streams that emit 1,234 records in two seconds. One stream is held for `heldMs`. The returned functions return the progress
 * line and the summary.
 */
function follow(
  columns: number,
  heldMs?: number,
): { line: () => string | undefined; end: (failures: string[], wasStopped?: boolean) => string | undefined } {
  const testRun = openRun();
  const streams = [openRead(testRun, parts), openRead(testRun, events)] as const;
  const written: string[] = [];
  const end = followRead(streams, { write: (text) => written.push(text), columns: () => columns });
  for (const { sink } of streams) sink.started();
  for (let i = 0; i < 1_200; i += 1) streams[0].sink.record({ id: `p${i}` }, 0, undefined);
  for (let i = 0; i < 34; i += 1) streams[1].sink.record({ id: `e${i}` }, 0, undefined);
  streams[0].reader.skipped = '2 deployments';
  streams[1].sink.end(true);
  if (heldMs !== undefined) streams[0].sink.held(Date.now() + heldMs);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(2_000);
  return {
    line: () => written.at(-1),
    end(failures, wasStopped = false) {
      end(failures, wasStopped);
      const last = written.at(-1);
      vi.advanceTimersByTime(1_000);
      expect(written.at(-1)).toBe(last);
      return last;
    },
  };
}

describe('the progress line', () => {
  it('shows the number of records, the speed and the elapsed time', () => {
    expect(follow(80).line()).toBe('\r\u001B[K1,234 records, 1 of 2 streams done, 617/s, 2.0 s');
  });

  it('names a stream that waits for a rate limit, and how long', () => {
    expect(follow(120, 50_000).line()).toBe(
      '\r\u001B[K1,234 records, 1 of 2 streams done, 617/s, 2.0 s; parts waits 48.0 s for the rate limit',
    );
  });

  it("is truncated on a narrow terminal, because a wrapped line can't be erased", () => {
    expect(follow(20).line()).toBe('\r\u001B[K1,234 records, 1 of');
  });
});

describe('the summary at the end', () => {
  it('reports what was read and what was skipped', () => {
    expect(follow(80).end([])).toBe(
      '\r\u001B[KRead 1,234 records of 2 streams in 2.0 s.\n- parts: 2 deployments skipped\n',
    );
  });

  it('reports each failure and what to do about it', () => {
    expect(follow(80).end(['teams: No. Ask.', 'parts: No.'])).toContain(
      'Incomplete: read 1,234 records of 2 streams in 2.0 s.\n- teams: No. Ask.\n- parts: No.\n',
    );
  });

  it('explains how to resume if the read was stopped', () => {
    expect(follow(80).end(['a\nb\u001b[31m'])).toContain(String.raw`- a\u000ab\u001b[31m`);
    expect(follow(80).end(['teams: No. Ask.'], true)).toContain(
      'Stopped after 1,234 records of 2 streams in 2.0 s. To resume, pass the STATE messages from the output with --state.\n- teams: No. Ask.\n',
    );
  });
});
