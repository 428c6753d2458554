import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { errorTrace, stateLine, streamStatus } from './messages.ts';

const now = Date.parse('2018-08-22T00:00:00Z');
beforeAll(() => void vi.setSystemTime(now));
afterAll(() => void vi.useRealTimers());

test('a failure', () => {
  const error = { message: 'No.', failure_type: 'config_error' as const, stream_descriptor: { name: 'teams' } };
  expect(errorTrace(error)).toEqual({ type: 'TRACE', trace: { type: 'ERROR', emitted_at: now, error } });
});

test('the status of a stream', () => {
  const stream_status = { stream_descriptor: { name: 'teams', namespace: 'n' }, status: 'STARTED' };
  expect(streamStatus({ name: 'teams', namespace: 'n' }, 'STARTED')).toEqual({
    type: 'TRACE',
    trace: { type: 'STREAM_STATUS', emitted_at: now, stream_status },
  });
});

test('the status of a stream that the rate limit holds up says until when', () => {
  expect(streamStatus({ name: 'teams' }, 'RUNNING', 1_700_000_000_000)).toMatchObject({
    trace: {
      stream_status: {
        status: 'RUNNING',
        reasons: [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: 1_700_000_000_000 } }],
      },
    },
  });
});

test('a state counts the records that it covers', () => {
  expect(JSON.parse(stateLine('audit_events', '{"version":1}', 3))).toEqual({
    type: 'STATE',
    state: {
      type: 'STREAM',
      stream: { stream_descriptor: { name: 'audit_events' }, stream_state: { version: 1 } },
      sourceStats: { recordCount: 3 },
    },
  });
});
