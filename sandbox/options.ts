import type { AuditOptions } from './audit/trail.ts';
import { madeUpHex } from './data/noise.ts';
import type { Fault } from './faults/fault.ts';

/** Everything that can be set; the table in README.md says what each means. */
export interface SandboxOptions extends AuditOptions {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly token: string;
  readonly deployments: number;
  readonly recipes: number;
  readonly latencyMs: number;
  readonly quota: number;
  readonly quotaWindowMs: number;
  readonly faults: readonly Fault[];
}

const DEFAULTS = {
  port: 0,
  host: '127.0.0.1',
  seed: 1,
  deployments: 5,
  recipes: 12,
  auditEvents: 1200,
  futureEvents: 0,
  ties: 3,
  cursor: 'exclusive',
  newerThan: 'exclusive',
  olderThan: 'exclusive',
  maxLimit: 100,
  maxPageBytes: 0,
  singleEvents: true,
  oldCursors: 'accepted',
  latencyMs: 0,
  quota: 0,
  quotaWindowMs: 60_000,
  faults: [],
} as const satisfies Omit<SandboxOptions, 'token'>;

/** The options with a default for each that is not given. */
export const withDefaults = (given: Partial<SandboxOptions> = {}): SandboxOptions => {
  const options = { ...DEFAULTS, ...given };
  if (options.futureEvents > options.auditEvents) throw new RangeError('futureEvents must not exceed auditEvents');
  // Compose's tokens look like this, 64 digits (G-cli); the seed makes it the same every time.
  return { ...options, token: options.token ?? madeUpHex(options.seed, 81, 64) };
};
