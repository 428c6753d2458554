import { z } from 'zod';

/** Ways to break a list's envelope and rows. Only the shapes that say so change plain objects. */
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
  /** The path below the API's prefix: `/deployments/*\/recipes`. `*` matches within a segment, `**` across segments. */
  path: z.string().min(1),
  /** How many requests to each matching path get the fault; all by default. */
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
  /** How many requests to each matching path get a normal response first. */
  after: z.int().min(0).optional(),
};

const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('status'),
    status,
    retryAfter: z.union([z.number(), z.string()]).optional(),
    /** A text as is, anything else as JSON. */
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

/** The fields of a fault. */
export const KINDS = faultSchema.options.map((option) => option.shape.kind.value);

/** A fault for some paths. README.md describes each kind. */
export type Fault = Readonly<z.infer<typeof faultSchema>>;

/** The kinds that break HTTP itself, or the body. */
export type ConnectionFault = Extract<Fault, { kind: 'reset' | 'cut' | 'hang' | 'drip' }>;

/** Validates faults that arrived as JSON. Returns a text if they are invalid. */
export function readFaults(value: unknown): Fault[] | string {
  const read = z.array(faultSchema).safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  return `faults: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`;
}

/**
 * The current faults. A request gets the first one that applies and doesn't count for the others, so the faults of a
 * path apply one after another.
 */
export class FaultList {
  #list: readonly Occurrences[] = [];

  constructor(faults: readonly Fault[]) {
    this.replace(faults);
  }

  /** Replaces all faults, and starts counting again. */
  replace(faults: readonly Fault[]): void {
    this.#list = faults.map((fault) => new Occurrences(fault));
  }

  take(path: string): Fault | undefined {
    return this.#list.find((occurrences) => occurrences.take(path))?.fault;
  }
}

/** One fault, and how many requests each path has had. */
class Occurrences {
  readonly fault: Fault;
  readonly #matches: (path: string) => boolean;
  readonly #seen = new Map<string, number>();

  constructor(fault: Fault) {
    this.fault = fault;
    this.#matches = pathPattern(fault.path);
  }

  /** Counts a request. Returns whether it gets the fault. */
  take(path: string): boolean {
    if (!this.#matches(path)) return false;
    const { after = 0, times = 'always' } = this.fault;
    if (after === 0 && times === 'always') return true;
    const before = this.#seen.get(path) ?? 0;
    this.#seen.set(path, before + 1);
    return before >= after && (times === 'always' || before < after + times);
  }
}

/** Makes a test for paths from a pattern with `*` (within a segment) and `**` (across segments). */
export function pathPattern(pattern: string): (path: string) => boolean {
  const rooted = pattern.startsWith('/') ? pattern : `/${pattern}`;
  if (!rooted.includes('*')) return (path) => path === rooted;
  const source = rooted
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'));
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
}
