import { COMPOSE_OPTIONS, checkComposeOptions } from './compose/options.ts';
import { type Fault, readFaults } from './faults/fault.ts';
import { IBM_CLOUD_OPTIONS, checkIbmCloudOptions, madeUpKey } from './ibm-cloud/options.ts';
import { madeUpHex } from './noise.ts';
import { type Option, type Values, choice, text, whole } from './option.ts';

const faults: Option<readonly Fault[]> = {
  default: [],
  meaning: 'a fault as JSON (see sandbox/faults/README.md); may be repeated',
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

/** The APIs that the sandbox can imitate, each with its own options. */
const OWN_OPTIONS = { compose: COMPOSE_OPTIONS, ibm_cloud: IBM_CLOUD_OPTIONS } as const;

export type PlatformName = keyof typeof OWN_OPTIONS;

export const PLATFORM_NAMES = Object.keys(OWN_OPTIONS) as PlatformName[];

const COMMON_OPTIONS = {
  platform: choice(PLATFORM_NAMES, 'compose', 'the API to imitate'),
  port: whole({ least: 0, most: 65_535, default: 0, meaning: 'port to listen on; 0 picks a free one' }),
  host: text('127.0.0.1', 'address', 'address to listen on; 0.0.0.0 makes it reachable from containers'),
  seed: whole({ least: 0, most: 4_294_967_295, default: 1, meaning: 'number that determines all data' }),
  latencyMs: whole({ least: 0, most: 3_600_000, default: 0, meaning: 'milliseconds to wait before each response' }),
  quota: whole({
    least: 0,
    most: 1_000_000_000,
    default: 0,
    meaning: 'requests that each service accepts before it responds with 429 and Retry-After for a while; 0: unlimited',
  }),
  quotaWindowMs: whole({
    least: 1,
    most: 86_400_000,
    default: 60_000,
    meaning: 'milliseconds for which a service responds with 429 after the quota is used up',
  }),
  faults,
} as const;

export type CommonOptions = Omit<Values<typeof COMMON_OPTIONS>, 'platform'>;

export type SandboxOptions = CommonOptions & Values<typeof COMPOSE_OPTIONS> & { readonly platform: 'compose' };

export type IbmCloudSandboxOptions = CommonOptions &
  Values<typeof IBM_CLOUD_OPTIONS> & { readonly platform: 'ibm_cloud' };

/** The options for starting a sandbox. The default platform is Compose. */
export type Given = Partial<SandboxOptions> | (Partial<IbmCloudSandboxOptions> & { readonly platform: 'ibm_cloud' });

/** The options common to all APIs, or the options of a single API, in the order of `--help`. */
export function optionsOf(platform: PlatformName | 'every'): Readonly<Record<string, Option<unknown>>> {
  return platform === 'every' ? COMMON_OPTIONS : OWN_OPTIONS[platform];
}

export function withDefaults(given: Partial<SandboxOptions> = {}): SandboxOptions {
  const options = { ...defaultsOf('compose'), ...given } as SandboxOptions;
  checkComposeOptions(options);
  // Compose's tokens have 64 hexadecimal digits (G-cli). The same seed always produces the same token.
  return { ...options, platform: 'compose', token: options.token || madeUpHex(options.seed, 81, 64) };
}

export function withIbmCloudDefaults(given: Partial<IbmCloudSandboxOptions> = {}): IbmCloudSandboxOptions {
  const options = { ...defaultsOf('ibm_cloud'), ...given } as IbmCloudSandboxOptions;
  checkIbmCloudOptions(options);
  return { ...options, platform: 'ibm_cloud', apiKey: options.apiKey || madeUpKey(options.seed) };
}

function defaultsOf(platform: PlatformName): Record<string, unknown> {
  const options = { ...optionsOf('every'), ...optionsOf(platform) };
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
}
