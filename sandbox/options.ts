import { COMPOSE_OPTIONS, checkComposeOptions } from './compose/options.ts';
import { type Fault, readFaults } from './faults/fault.ts';
import { madeUpHex } from './noise.ts';
import { type Option, type Values, text, whole } from './option.ts';

const faults: Option<readonly Fault[]> = {
  default: [],
  meaning: 'a fault to play, as JSON (see sandbox/faults/README.md); may be given several times',
  placeholder: 'json',
  kind: 'a fault as JSON, such as {"path":"/teams","kind":"hang"}',
  read: (value) => {
    try {
      const read = readFaults([JSON.parse(value)]);
      return typeof read === 'string' ? undefined : read;
    } catch {
      return undefined;
    }
  },
};

const SERVER_OPTIONS = {
  port: whole({ least: 0, most: 65_535, default: 0, meaning: 'port to listen on; 0 picks a free one' }),
  host: text('127.0.0.1', 'address', 'address to listen on; 0.0.0.0 makes it reachable from containers'),
  seed: whole({ least: 0, most: 4_294_967_295, default: 1, meaning: 'all data follow from it' }),
  token: text('', 'text', 'the one token that is accepted (default: made from the seed)'),
  latencyMs: whole({ least: 0, most: 3_600_000, default: 0, meaning: 'milliseconds to wait before each answer' }),
  quota: whole({
    least: 0,
    most: 1_000_000_000,
    default: 0,
    meaning: 'requests allowed in each window; the rest get 429 with Retry-After; 0: no quota',
  }),
  quotaWindowMs: whole({
    least: 1,
    most: 86_400_000,
    default: 60_000,
    meaning: 'length of a window in milliseconds; it opens with its first request',
  }),
  faults,
} as const;

/** Everything that can be set, in the order in which `--help` lists it. */
export const OPTIONS = { ...SERVER_OPTIONS, ...COMPOSE_OPTIONS };

export type SandboxOptions = Values<typeof OPTIONS>;

const DEFAULTS = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, option]) => [name, option.default]),
) as unknown as SandboxOptions;

/** The options with a default for each that is not given. */
export function withDefaults(given: Partial<SandboxOptions> = {}): SandboxOptions {
  const options = { ...DEFAULTS, ...given };
  checkComposeOptions(options);
  // Compose's tokens look like this, 64 digits (G-cli); the seed makes it the same every time.
  return { ...options, token: options.token || madeUpHex(options.seed, 81, 64) };
}
