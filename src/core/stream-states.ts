import { z } from 'zod';
import { inputError } from './errors.ts';
import { toUtcText } from './timestamp.ts';

/** Every state carries it, so that a later release knows what it reads. All that were ever written stay readable. */
export const STATE_VERSION = 1;

const time = z.string({ error: 'must be a timestamp' }).transform((text, context) => {
  const utc = toUtcText(text);
  if (utc === undefined) context.addIssue({ code: 'custom', message: 'must be a timestamp' });
  return utc ?? '';
});

const version = z.literal(STATE_VERSION, {
  error: ({ input }) =>
    typeof input === 'number' && input > STATE_VERSION
      ? `is ${input}: a later release of this connector wrote it; run that one, or reset the stream`
      : `must be ${STATE_VERSION}`,
});

/** The platform that it was read from. */
const platform = z.string().optional();

/** The start_date that earlier reads went by: what was before it was not read. Absent: everything was. */
const start_date = time.optional();

const walkState = z.object({
  version,
  platform,
  start_date,
  /** Up to here everything was emitted. */
  mark: time.optional(),
  walk: z
    .object({
      /** What the mark becomes when the walk is through. */
      top: time.optional(),
      /** The id of the last row that was emitted. */
      cursor: z.string({ error: 'must be an id' }).min(1, { error: 'must be an id' }),
      /** The id of the row above it; absent: there is none, or a release that did not write it. */
      before: z.string({ error: 'must be an id' }).min(1, { error: 'must be an id' }).optional(),
      /** Where the walk ends; absent: at the oldest row. */
      floor: time.optional(),
    })
    .optional(),
  /** The platform's job that a full refresh belongs to. */
  job: z.string({ error: 'must be a string' }).optional(),
});

const marksState = z.object({
  version,
  platform,
  start_date,
  marks: z.record(z.string(), time, { error: 'must be an object of timestamps' }).default({}),
  /** The keys of the rows that were emitted and may still change; absent: there are none. */
  pending: z.array(z.string({ error: 'must be a key' }), { error: 'must be a list of keys' }).optional(),
  job: z.string({ error: 'must be a string' }).optional(),
});

const monthsState = z.object({
  version,
  platform,
  start_date,
  /** The last month that was read when nothing in it could change any more, and all before it were read likewise. */
  month: z
    .string({ error: 'must be a month' })
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, { error: 'must be a month' })
    .optional(),
  job: z.string({ error: 'must be a string' }).optional(),
});

export type WalkState = z.output<typeof walkState>;
export type MarksState = z.output<typeof marksState>;
export type MonthsState = z.output<typeof monthsState>;

/** A state that names no platform is this one's, which was once the only one. */
const UNNAMED_PLATFORM = 'compose';

/** What every state begins with. */
export function stateHead(platform: string): { version: typeof STATE_VERSION; platform?: string } {
  return platform === UNNAMED_PLATFORM ? { version: STATE_VERSION } : { version: STATE_VERSION, platform };
}

/** `platform` is the one that the config names. */
export const parseWalkState = (raw: object, where: string, platform: string): WalkState =>
  parse(walkState, raw, where, platform);
export const parseMarksState = (raw: object, where: string, platform: string): MarksState =>
  parse(marksState, raw, where, platform);
export const parseMonthsState = (raw: object, where: string, platform: string): MonthsState =>
  parse(monthsState, raw, where, platform);

/** An empty state is the beginning. `where` names file and stream, for the error. */
function parse<T>(schema: z.ZodType<T>, raw: object, where: string, platform: string): T {
  const given = withoutNulls(raw);
  const { __ab_no_cursor_state_message: _none, ...rest } = given;
  const isEmpty = Object.keys(rest).length === 0;
  if (!isEmpty) checkPlatform(rest['platform'] ?? UNNAMED_PLATFORM, where, platform);
  const result = schema.safeParse(isEmpty ? { version: STATE_VERSION } : rest);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  throw inputError(
    `${where} cannot be used: ${field} ${issue?.message}. Hand in a state that this connector wrote, or none to begin from the start.`,
  );
}

/** Marks of one API mean nothing to another: rows would be taken for known that never were read. */
function checkPlatform(of: unknown, where: string, platform: string): void {
  if (of === platform) return;
  const whose = typeof of === 'string' && of.length <= 60 ? of : 'of another kind';
  throw inputError(
    `${where} belongs to the platform ${whose}, but the config names ${platform}. Reset the stream, so that it is read from the beginning.`,
  );
}

/** Some clients write every absent field as null. */
function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([key, part]): [string, unknown] => [key, isObject(part) ? withoutNulls(part) : part]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
