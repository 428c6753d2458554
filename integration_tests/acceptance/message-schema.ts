import { z } from 'zod';
import { discoveredCatalog, jsonObject } from './catalog-schema.ts';
import { epochMilliseconds, streamDescriptor, trace } from './trace-schema.ts';

// Narrower than the protocol, which lets through any key and any payload: this is what a source ought to print.

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

// GLOBAL and LEGACY states are legal in the protocol, but half of the clients lose them.
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

/** One line of stdout: a type and the payload that belongs to it, nothing else. */
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
