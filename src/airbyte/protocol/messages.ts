import type { FailureType } from '../../core/failure/problems.ts';

// The messages that `AirbyteOutput.send` prints, spelled as in the protocol. Other messages, such as RECORD, are built without types.

interface ErrorTrace {
  message: string;
  internal_message?: string | undefined;
  stack_trace?: string | undefined;
  failure_type: FailureType;
  stream_descriptor?: { name: string } | undefined;
}

interface StreamStatusTrace {
  stream_descriptor: { name: string };
  status: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';
  reasons?: [{ type: 'RATE_LIMITED'; rate_limited: { quota_reset: number } }] | undefined;
}

export type Message =
  | { type: 'CONNECTION_STATUS'; connectionStatus: { status: 'SUCCEEDED' | 'FAILED'; message?: string } }
  | { type: 'CATALOG'; catalog: { streams: object[] } }
  | { type: 'TRACE'; trace: { type: 'ERROR'; emitted_at: number; error: ErrorTrace } }
  | { type: 'TRACE'; trace: { type: 'STREAM_STATUS'; emitted_at: number; stream_status: StreamStatusTrace } };

/** `quotaReset` is the time when the API's rate limit ends, in Unix ms. */
export function streamStatus(name: string, status: StreamStatusTrace['status'], quotaReset?: number): Message {
  const reasons: StreamStatusTrace['reasons'] =
    quotaReset === undefined ? undefined : [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: quotaReset } }];
  const stream_status = { stream_descriptor: { name }, status, reasons };
  return { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: Date.now(), stream_status } };
}

/** A STATE message as a line. `state` is serialized JSON, so that a large state isn't serialized twice per checkpoint. */
export function stateLine(name: string, state: string, recordCount: number): string {
  const descriptor = JSON.stringify({ name });
  return `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":${descriptor},"stream_state":${state}},"sourceStats":{"recordCount":${recordCount}}}}\n`;
}
