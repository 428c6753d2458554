import type { FailureType } from '../../core/failure/problems.ts';

// The messages of the Airbyte protocol that a source sends, in the protocol's own spelling.

type LogLevel = 'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE';
export type SyncMode = 'full_refresh' | 'incremental';
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface StreamDescriptor {
  name: string;
  namespace?: string;
}

export interface CatalogStream {
  name: string;
  json_schema: JsonSchema;
  supported_sync_modes: SyncMode[];
  source_defined_cursor?: boolean;
  default_cursor_field?: string[];
  source_defined_primary_key?: string[][];
  is_resumable?: boolean;
}

export interface ErrorTrace {
  message: string;
  internal_message?: string;
  stack_trace?: string;
  failure_type: FailureType;
  stream_descriptor?: StreamDescriptor;
}

export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

export type Message =
  | { type: 'SPEC'; spec: object }
  | { type: 'CONNECTION_STATUS'; connectionStatus: { status: 'SUCCEEDED' | 'FAILED'; message?: string } }
  | { type: 'CATALOG'; catalog: { streams: CatalogStream[] } }
  | { type: 'LOG'; log: { level: LogLevel; message: string; stack_trace?: string } }
  | { type: 'STATE'; state: StreamStateMessage }
  | { type: 'TRACE'; trace: { type: 'ERROR'; emitted_at: number; error: ErrorTrace } }
  | { type: 'TRACE'; trace: { type: 'STREAM_STATUS'; emitted_at: number; stream_status: StreamStatusTrace } };

interface StreamStateMessage {
  type: 'STREAM';
  stream: { stream_descriptor: StreamDescriptor; stream_state: object };
  /** Records of this stream since its previous STATE. */
  sourceStats: { recordCount: number };
}

interface StreamStatusTrace {
  stream_descriptor: StreamDescriptor;
  status: StreamStatus;
  reasons?: [{ type: 'RATE_LIMITED'; rate_limited: { quota_reset: number } }];
}

export function errorTrace(error: ErrorTrace): Message {
  return { type: 'TRACE', trace: { type: 'ERROR', emitted_at: Date.now(), error } };
}

/** `quotaReset`: until when (Unix time in ms) the API's rate limit holds the stream up. */
export function streamStatus(descriptor: StreamDescriptor, status: StreamStatus, quotaReset?: number): Message {
  const trace: StreamStatusTrace = { stream_descriptor: descriptor, status };
  if (quotaReset !== undefined) trace.reasons = [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: quotaReset } }];
  return { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: Date.now(), stream_status: trace } };
}

/** A STATE as a line. `state` is JSON: a large one is not parsed and printed again for each checkpoint. */
export function stateLine(name: string, state: string, recordCount: number): string {
  const descriptor = JSON.stringify({ name });
  return `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":${descriptor},"stream_state":${state}},"sourceStats":{"recordCount":${recordCount}}}}\n`;
}
