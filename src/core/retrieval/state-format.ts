import { z } from 'zod';
import { inputError } from '../failure/errors.ts';
import { isRow } from '../record/row.ts';
import { toUtcText } from '../record/timestamp.ts';

/** The version in every state. Every release must be able to read the states of all earlier releases. */
export const STATE_VERSION = 1;

/** States that name no platform were written when Compose was the only platform. */
export const UNNAMED_PLATFORM = 'compose';

/** The format of the data that a cursor saves. Protocols can convert the data without knowing the cursor. */
export interface StateFormat<T extends object = object> {
  schema: z.ZodType<SharedState & T>;
  /** The key of the cursor value, if there is only one. */
  value?: { key: string; kind: 'timestamp' | 'month' };
  /** The key of the object that contains a cursor value for each partition. */
  partitions?: string;
  /** The keys whose values are lists of strings. */
  lists: readonly string[];
  /** The keys whose values are objects, and the keys of each object. */
  objects: Readonly<Record<string, readonly string[]>>;
}

const timestamp = z.string({ error: 'must be a timestamp' });
export const time = timestamp.transform(toUtcText).pipe(timestamp);

export const month = z
  .string({ error: 'must have the form YYYY-MM, such as 2026-10' })
  .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, { error: 'must have the form YYYY-MM, such as 2026-10' });

export const timesByPartition = z
  .record(z.string(), time, { error: 'must be an object with timestamps as values' })
  .default({});

/** The keys that every state may have. */
export const sharedState = z.object({
  version: z.literal(STATE_VERSION, {
    error: ({ input }) =>
      typeof input === 'number' && input > STATE_VERSION
        ? `is ${input}, so a later release of this connector wrote the state; use that release, or reset the stream`
        : `must be ${STATE_VERSION}`,
  }),
  platform: z.string().optional(),
  /** The date before which earlier syncs skipped records. Absent if no records were skipped. */
  start_date: time.optional(),
  /** The ID of the orchestrator's job, if a full refresh wrote the state. */
  job: z.string({ error: 'must be a string' }).optional(),
});

export type SharedState = z.infer<typeof sharedState>;

/** Parses a saved state. If the state is empty, the stream is read from the beginning. `where` identifies the file and stream in errors. */
export function parseState<T extends object>(
  { schema }: StateFormat<T>,
  raw: object,
  where: string,
  platform: string,
): SharedState & T {
  const { __ab_no_cursor_state_message: _none, ...rest } = withoutNulls(raw);
  const isEmpty = Object.keys(rest).length === 0;
  if (!isEmpty) checkPlatform(rest['platform'] ?? UNNAMED_PLATFORM, where, platform);
  const result = schema.safeParse(isEmpty ? { version: STATE_VERSION } : rest);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  throw inputError(
    `${where} cannot be used: ${field} ${issue?.message}. Pass a state that this connector wrote, or omit the state to read from the beginning.`,
  );
}

/** Rejects a state of another platform, because its cursor values would cause unread rows to be skipped. */
function checkPlatform(of: unknown, where: string, platform: string): void {
  if (of === platform) return;
  const whose = typeof of === 'string' && of.length <= 60 ? of : 'of another kind';
  throw inputError(
    `${where} belongs to the platform ${whose}, but the config specifies ${platform}. Reset the stream; on the command line, rerun without this state to read from the beginning.`,
  );
}

/** Removes null fields, because some clients write absent fields as null. */
function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([key, part]): [string, unknown] => [key, isRow(part) ? withoutNulls(part) : part]),
  );
}
