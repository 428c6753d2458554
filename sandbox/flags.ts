import { readFaults } from './faults/fault.ts';
import type { SandboxOptions } from './options.ts';

/** Reads what stands behind a flag; undefined: it is not of that kind. */
type Read = (text: string) => unknown;

interface Flag {
  readonly option: keyof SandboxOptions;
  readonly read: Read;
  /** Completes the sentence `--flag must be …`. */
  readonly kind: string;
}

const whole = (option: keyof SandboxOptions, least: number, most: number): Flag => ({
  option,
  kind: `a whole number from ${least} to ${most}`,
  read: (text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most ? number : undefined;
  },
});

const word = (option: keyof SandboxOptions, values: Readonly<Record<string, unknown>>): Flag => ({
  option,
  kind: `one of ${Object.keys(values).join(', ')}`,
  read: (text) => (Object.hasOwn(values, text) ? values[text] : undefined),
});

const text = (option: keyof SandboxOptions): Flag => ({
  option,
  kind: 'a text that is not empty',
  read: (value) => (value === '' ? undefined : value),
});

const BOUNDS = { exclusive: 'exclusive', inclusive: 'inclusive', ignored: 'ignored' };

const readFault: Read = (value) => {
  try {
    const read = readFaults([JSON.parse(value)]);
    return typeof read === 'string' ? undefined : read;
  } catch {
    return undefined;
  }
};

/** The flags of the command line, each for one option of `startSandbox`. */
export const FLAGS: Readonly<Record<string, Flag>> = {
  port: whole('port', 0, 65_535),
  host: text('host'),
  seed: whole('seed', 0, 4_294_967_295),
  token: text('token'),
  deployments: whole('deployments', 0, 100_000),
  recipes: whole('recipes', 0, 1_000_000),
  'audit-events': whole('auditEvents', 0, 1_000_000_000),
  'future-events': whole('futureEvents', 0, 1_000_000_000),
  ties: whole('ties', 1, 1_000_000),
  cursor: word('cursor', BOUNDS),
  'newer-than': word('newerThan', BOUNDS),
  'older-than': word('olderThan', BOUNDS),
  'max-limit': whole('maxLimit', 1, 100_000),
  'max-page-bytes': whole('maxPageBytes', 0, 1_000_000_000),
  'single-events': word('singleEvents', { on: true, off: false }),
  'old-cursors': word('oldCursors', { accepted: 'accepted', refused: 'refused', empty: 'empty' }),
  'latency-ms': whole('latencyMs', 0, 3_600_000),
  quota: whole('quota', 0, 1_000_000_000),
  'quota-window-ms': whole('quotaWindowMs', 1, 86_400_000),
  fault: { option: 'faults', kind: 'a fault as JSON, such as {"path":"/teams","kind":"hang"}', read: readFault },
};
