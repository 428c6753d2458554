import { z } from 'zod';

/** Milliseconds since 1970 as an integer; seconds (a factor of a thousand less) are refused. */
export const epochMilliseconds = z.int().min(1e12, 'is not in milliseconds');

/** Names a stream; this source has no namespaces. */
export const streamDescriptor = z.strictObject({ name: z.string().min(1) });

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

/** The payload of a TRACE message: exactly the part that its own type names. */
export const trace = z.discriminatedUnion('type', [streamStatusTrace, errorTrace, estimateTrace, analyticsTrace]);

export type StreamStatusTrace = z.infer<typeof streamStatusTrace>['stream_status'];
export type ErrorTrace = z.infer<typeof errorTrace>['error'];
