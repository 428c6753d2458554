import type { FailureType } from '../../core/failure/problems.ts';
import type { SyncMode } from '../../core/retrieval/cursor.ts';
import type { JsonSchema } from '../../core/stream/json-schema.ts';

// The Airbyte messages that a source prints, spelled as in the protocol. RECORD, STATE and LOG lines are built as text, without types.

export interface CatalogStream {
  name: string;
  json_schema: JsonSchema;
  supported_sync_modes: SyncMode[];
  source_defined_cursor?: boolean;
  default_cursor_field?: string[];
  source_defined_primary_key?: string[][];
  is_resumable?: boolean;
}

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
  reasons?: [{ type: 'RATE_LIMITED'; rate_limited: { quota_reset: number } }];
}

export type Message =
  | { type: 'SPEC'; spec: object }
  | { type: 'CONNECTION_STATUS'; connectionStatus: { status: 'SUCCEEDED' | 'FAILED'; message?: string } }
  | { type: 'CATALOG'; catalog: { streams: CatalogStream[] } }
  | { type: 'TRACE'; trace: { type: 'ERROR'; emitted_at: number; error: ErrorTrace } }
  | { type: 'TRACE'; trace: { type: 'STREAM_STATUS'; emitted_at: number; stream_status: StreamStatusTrace } };

/** `quotaReset` is the time when the API's rate limit ends, in Unix ms. */
export function streamStatus(name: string, status: StreamStatusTrace['status'], quotaReset?: number): Message {
  const trace: StreamStatusTrace = { stream_descriptor: { name }, status };
  if (quotaReset !== undefined) trace.reasons = [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: quotaReset } }];
  return { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: Date.now(), stream_status: trace } };
}

/** A STATE message as a line. `state` is serialized JSON, so that a large state isn't serialized twice per checkpoint. */
export function stateLine(name: string, state: string, recordCount: number): string {
  const descriptor = JSON.stringify({ name });
  return `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":${descriptor},"stream_state":${state}},"sourceStats":{"recordCount":${recordCount}}}}\n`;
}
