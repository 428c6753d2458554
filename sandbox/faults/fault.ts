import { z } from 'zod';

/** Ways to spoil a list's envelope and rows. Plain objects are only touched by those that say so. */
export const SHAPES = [
  'no-embedded',
  'embedded-list',
  'list-missing',
  'list-null',
  'list-object',
  'other-list',
  'body-list',
  'body-null',
  'row-null',
  'row-without-key',
  'next-repeated',
  'next-unknown',
  'next-foreign',
  'next-dropped',
  'next-endless',
] as const;

const status = z.int().min(200).max(599);

const common = {
  /** Below the API's prefix: `/deployments/*\/recipes`; `*` stays within a segment, `**` does not. */
  path: z.string().min(1),
  /** So many requests to each matching path get it; all of them by default. */
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
  /** So many requests to each matching path go well before. */
  after: z.int().min(0).optional(),
};

const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('status'),
    status,
    retryAfter: z.union([z.number(), z.string()]).optional(),
    /** Text as it is, anything else as JSON. */
    body: z.unknown().optional(),
  }),
  z.strictObject({ ...common, kind: z.literal('reset') }),
  z.strictObject({ ...common, kind: z.literal('cut'), framing: z.enum(['length', 'chunked']).optional() }),
  z.strictObject({ ...common, kind: z.literal('truncated-json') }),
  z.strictObject({ ...common, kind: z.literal('html') }),
  z.strictObject({ ...common, kind: z.literal('empty-body') }),
  z.strictObject({ ...common, kind: z.literal('hang') }),
  z.strictObject({ ...common, kind: z.literal('drip') }),
  z.strictObject({ ...common, kind: z.literal('forget-cursors') }),
  z.strictObject({
    ...common,
    kind: z.literal('change'),
    /** What another process can change, by the name of its endpoint: `time`. */
    change: z.string(),
    numbers: z.record(z.string(), z.int().min(0)).optional(),
  }),
  z.strictObject({ ...common, kind: z.literal('redirect'), to: z.string().optional() }),
  z.strictObject({ ...common, kind: z.literal('echo-token'), status: status.optional() }),
  z.strictObject({ ...common, kind: z.literal('errors'), errors: z.unknown().optional() }),
  z.strictObject({ ...common, kind: z.literal('envelope'), shape: z.enum(SHAPES) }),
  z.strictObject({ ...common, kind: z.literal('keys') }),
  z.strictObject({ ...common, kind: z.literal('nested'), levels: z.int().min(1).max(1_000_000) }),
]);

/** What a fault can be. */
export const KINDS = faultSchema.options.map((option) => option.shape.kind.value);

/** A fault to play on some paths; README.md says what each kind does. */
export type Fault = Readonly<z.infer<typeof faultSchema>>;

/** The kinds that break HTTP itself, or its body. */
export type ConnectionFault = Extract<Fault, { kind: 'reset' | 'cut' | 'hang' | 'drip' }>;

/** Reads faults that came as JSON; a text says what is wrong with them. */
export function readFaults(value: unknown): Fault[] | string {
  const read = z.array(faultSchema).safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  return `faults: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`;
}

/**
 * The faults in play. A request gets the first that applies to it and is not counted for those behind, so that faults of
 * one path come one after the other.
 */
export class FaultList {
  #list: readonly Occurrences[] = [];

  constructor(faults: readonly Fault[]) {
    this.replace(faults);
  }

  /** Puts others in place of all faults, and begins to count anew. */
  replace(faults: readonly Fault[]): void {
    this.#list = faults.map((fault) => new Occurrences(fault));
  }

  take(path: string): Fault | undefined {
    return this.#list.find((occurrences) => occurrences.take(path))?.fault;
  }
}

/** One fault, and how often each path has come to it. */
class Occurrences {
  readonly fault: Fault;
  readonly #matches: (path: string) => boolean;
  readonly #seen = new Map<string, number>();

  constructor(fault: Fault) {
    this.fault = fault;
    this.#matches = pathPattern(fault.path);
  }

  /** Counts a request; whether it is one that gets the fault. */
  take(path: string): boolean {
    if (!this.#matches(path)) return false;
    const { after = 0, times = 'always' } = this.fault;
    if (after === 0 && times === 'always') return true;
    const before = this.#seen.get(path) ?? 0;
    this.#seen.set(path, before + 1);
    return before >= after && (times === 'always' || before < after + times);
  }
}

/** Makes a path with `*` (within a segment) and `**` (any number of segments) into a test for paths. */
export function pathPattern(pattern: string): (path: string) => boolean {
  const rooted = pattern.startsWith('/') ? pattern : `/${pattern}`;
  if (!rooted.includes('*')) return (path) => path === rooted;
  const source = rooted
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'));
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
}
