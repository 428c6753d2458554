import { z } from 'zod';

/** Ways to corrupt a list's envelope and rows. README.md describes each shape. */
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
  /**
   * The path below the API's prefix, such as `/deployments/*\/recipes`. `*` matches within a segment, and `**` matches
   * across segments.
   */
  path: z.string().min(1),
  /** The id of the account whose requests get the fault. Default: all accounts. */
  account: z.string().optional(),
  /** How many requests to each matching path get the fault. Default: all requests. */
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
  /** How many requests to each matching path get a normal response before the fault begins. */
  after: z.int().min(0).optional(),
};

const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('status'),
    status,
    retryAfter: z.union([z.number(), z.string()]).optional(),
    /** The response body. A string is sent as is, and any other value as JSON. */
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
    /** The change to make, named like its control endpoint, such as `time`. */
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

export const KINDS = faultSchema.options.map((option) => option.shape.kind.value);

/** README.md describes each kind of fault. */
export type Fault = Readonly<z.infer<typeof faultSchema>>;

/** The kinds of faults that break the connection instead of changing the response. */
export type ConnectionFault = Extract<Fault, { kind: 'reset' | 'cut' | 'hang' | 'drip' }>;

/** Validates faults that arrived as JSON. Returns an error message if any fault is invalid. */
export function readFaults(value: unknown): Fault[] | string {
  const read = z.array(faultSchema).safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  return `faults: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`;
}

/**
 * The current faults. Each request gets the first applicable fault and doesn't count toward later faults, so faults with `times` for the
 * same path apply one after another.
 */
export class FaultList {
  #list: readonly Occurrences[] = [];

  constructor(faults: readonly Fault[]) {
    this.replace(faults);
  }

  /** Replaces all faults and resets their counters. */
  replace(faults: readonly Fault[]): void {
    this.#list = faults.map((fault) => new Occurrences(fault));
  }

  take(path: string, account?: string): Fault | undefined {
    return this.#list.find((occurrences) => occurrences.take(path, account))?.fault;
  }
}

/** A fault, and the number of requests to each matching path. */
class Occurrences {
  readonly fault: Fault;
  readonly #matches: (path: string) => boolean;
  readonly #seen = new Map<string, number>();

  constructor(fault: Fault) {
    this.fault = fault;
    this.#matches = pathPattern(fault.path);
  }

  /** Counts a request. Returns whether the request gets the fault. */
  take(path: string, account: string | undefined): boolean {
    if (!this.#matches(path) || (this.fault.account ?? account) !== account) return false;
    const { after = 0, times = 'always' } = this.fault;
    if (after === 0 && times === 'always') return true;
    const before = this.#seen.get(path) ?? 0;
    this.#seen.set(path, before + 1);
    return before >= after && (times === 'always' || before < after + times);
  }
}

/** Converts a pattern with `*` (within a segment) and `**` (across segments) to a function that tests paths. */
export function pathPattern(pattern: string): (path: string) => boolean {
  const rooted = pattern.startsWith('/') ? pattern : `/${pattern}`;
  if (!rooted.includes('*')) return (path) => path === rooted;
  const source = rooted
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'));
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
}
