import { z } from 'zod';

/** Any JSON object (record data, json_schema or stream_state). Separate checks cover its fields. */
const jsonObject = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'is not a JSON object',
);

const fieldPath = z.array(z.string().min(1)).min(1);

/** A stream in the CATALOG of `discover`. Namespaces, nulls and keys outside the protocol are rejected. */
const discoveredStream = z.strictObject({
  name: z.string().min(1),
  json_schema: jsonObject.refine(
    (schema) => jsonObject.safeParse(schema['properties']).success,
    'has no top-level properties',
  ),
  supported_sync_modes: z.array(z.enum(['full_refresh', 'incremental'])).min(1),
  source_defined_cursor: z.boolean().optional(),
  default_cursor_field: fieldPath.optional(),
  source_defined_primary_key: z.array(fieldPath).min(1).optional(),
  is_resumable: z.boolean().optional(),
  is_file_based: z.boolean().optional(),
});

const discoveredCatalog = z.strictObject({ streams: z.array(discoveredStream) });

export type DiscoveredStream = z.infer<typeof discoveredStream>;
export type DiscoveredCatalog = z.infer<typeof discoveredCatalog>;

/** An entry of the configured catalog. Clients omit keys, set them to null and add their own, so most keys are optional. */
export interface ConfiguredStream {
  readonly stream: {
    readonly name: string;
    readonly supported_sync_modes?: readonly string[] | null | undefined;
    readonly source_defined_primary_key?: readonly (readonly string[])[] | null | undefined;
    readonly [key: string]: unknown;
  };
  readonly sync_mode: string;
  readonly destination_sync_mode: string;
  readonly [key: string]: unknown;
}

export interface ConfiguredCatalog {
  readonly streams: readonly ConfiguredStream[];
}

/** A time in milliseconds since 1970, as an integer. Seconds are rejected. */
const epochMilliseconds = z.int().min(1e12, 'is not in milliseconds');

// This source has no namespaces.
const streamDescriptor = z.strictObject({ name: z.string().min(1) });

const rateLimited = z.strictObject({
  type: z.literal('RATE_LIMITED'),
  rate_limited: z.strictObject({ quota_reset: epochMilliseconds }),
});

const streamStatusTrace = z.strictObject({
  type: z.literal('STREAM_STATUS'),
  emitted_at: epochMilliseconds,
  stream_status: z.strictObject({
    stream_descriptor: streamDescriptor,
    status: z.enum(['STARTED', 'RUNNING', 'COMPLETE', 'INCOMPLETE']),
    reasons: z.array(rateLimited).min(1).optional(),
  }),
});

const errorTrace = z.strictObject({
  type: z.literal('ERROR'),
  emitted_at: epochMilliseconds,
  error: z.strictObject({
    message: z.string().min(1),
    internal_message: z.string().optional(),
    stack_trace: z.string().optional(),
    failure_type: z.enum(['transient_error', 'system_error', 'config_error']),
    stream_descriptor: streamDescriptor.optional(),
  }),
});

const estimateTrace = z.strictObject({
  type: z.literal('ESTIMATE'),
  emitted_at: epochMilliseconds,
  estimate: z.strictObject({
    name: z.string(),
    type: z.literal('STREAM'),
    row_estimate: z.int().optional(),
    byte_estimate: z.int().optional(),
  }),
});

const analyticsTrace = z.strictObject({
  type: z.literal('ANALYTICS'),
  emitted_at: epochMilliseconds,
  analytics: z.strictObject({ type: z.string().min(1), value: z.string().optional() }),
});

/** The payload of a TRACE message, which has only the field that its type specifies. */
const trace = z.discriminatedUnion('type', [streamStatusTrace, errorTrace, estimateTrace, analyticsTrace]);

export type StreamStatusTrace = z.infer<typeof streamStatusTrace>['stream_status'];
export type ErrorTrace = z.infer<typeof errorTrace>['error'];

// The protocol allows additional keys and types. These schemas allow only the keys and types that this source uses.

const spec = z.strictObject({
  protocol_version: z.literal('0.2.0'),
  documentationUrl: z.url(),
  changelogUrl: z.url(),
  connectionSpecification: jsonObject,
  supportsIncremental: z.literal(true).optional(),
  advanced_auth: jsonObject.optional(),
});

const connectionStatus = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('SUCCEEDED'), message: z.string().min(1).optional() }),
  z.strictObject({ status: z.literal('FAILED'), message: z.string().min(1) }),
]);

const recordChange = z.strictObject({
  field: z.string().min(1),
  change: z.enum(['NULLED', 'TRUNCATED']),
  reason: z.enum([
    'SOURCE_RECORD_SIZE_LIMITATION',
    'SOURCE_FIELD_SIZE_LIMITATION',
    'SOURCE_SERIALIZATION_ERROR',
    'SOURCE_RETRIEVAL_ERROR',
  ]),
});

const record = z.strictObject({
  stream: z.string().min(1),
  data: jsonObject,
  emitted_at: epochMilliseconds,
  meta: z.strictObject({ changes: z.array(recordChange).min(1) }).optional(),
});

// The protocol also allows GLOBAL and LEGACY states, but some clients lose them.
const state = z.strictObject({
  type: z.literal('STREAM'),
  stream: z.strictObject({ stream_descriptor: streamDescriptor, stream_state: jsonObject }),
  sourceStats: z.strictObject({ recordCount: z.int().min(0) }),
});

const log = z.strictObject({
  level: z.enum(['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']),
  message: z.string().min(1),
  stack_trace: z.string().optional(),
});

const control = z.strictObject({
  type: z.literal('CONNECTOR_CONFIG'),
  emitted_at: epochMilliseconds,
  connectorConfig: z.strictObject({ config: jsonObject }),
});

/** A line of stdout, which has only a type and its payload. */
export const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('SPEC'), spec }),
  z.strictObject({ type: z.literal('CONNECTION_STATUS'), connectionStatus }),
  z.strictObject({ type: z.literal('CATALOG'), catalog: discoveredCatalog }),
  z.strictObject({ type: z.literal('RECORD'), record }),
  z.strictObject({ type: z.literal('STATE'), state }),
  z.strictObject({ type: z.literal('LOG'), log }),
  z.strictObject({ type: z.literal('TRACE'), trace }),
  z.strictObject({ type: z.literal('CONTROL'), control }),
]);

export type Message = z.infer<typeof message>;
export type RecordMessage = z.infer<typeof record>;
export type StateMessage = z.infer<typeof state>;
