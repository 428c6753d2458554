import { z } from 'zod';
import { inputError } from './core/failure/errors.ts';
import { type Row, isRow } from './core/record/row.ts';
import { toUtcText, utcText } from './core/record/timestamp.ts';
import { type Stream, isOffered } from './core/stream/stream.ts';
import { compose } from './platforms/compose/compose.ts';
import { ibmCloud } from './platforms/ibm-cloud/ibm-cloud.ts';
import { boolean, wholeNumber } from './platforms/options.ts';
import type { Platform } from './platforms/platform.ts';
import { readObject } from './program/input-file.ts';
import { addCredential } from './text/credentials.ts';
import { MAX_NAME, nearestOf } from './text/nearest.ts';

const DATE_TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

const PLATFORMS = { ibm_cloud: ibmCloud, compose } as const;

/** A minimal config for each platform, which users can copy. */
const EXAMPLES: Record<keyof typeof PLATFORMS, string> = {
  ibm_cloud: '{"platform":{"name":"ibm_cloud","api_key":"YOUR KEY"}}',
  compose: '{"platform":{"name":"compose","api_token":"YOUR TOKEN"}}',
};
const CHOOSE = `For IBM Cloud Databases, write ${EXAMPLES.ibm_cloud}; for Compose, write ${EXAMPLES.compose}.`;

const platform = z
  .discriminatedUnion('name', [ibmCloud.config, compose.config], {
    error: ({ input }) =>
      isRow(input)
        ? 'must be "ibm_cloud" or "compose"'
        : `must be an object, as in ${input === 'compose' ? EXAMPLES.compose : EXAMPLES.ibm_cloud}`,
  })
  .meta({ title: 'Platform', description: 'The platform to read from, with its credentials and options.' });

/** The config's schema, from which spec.json is generated. Each error message continues a sentence that begins with the option's name. */
export const configSchema = z.object({
  platform,
  start_date: z
    .string({ error: 'must be a string' })
    .regex(DATE_TIME, { error: 'must be a date and time such as 2018-08-22T00:00:00Z' })
    .transform(toUtcText)
    .pipe(z.string({ error: 'is not a valid date and time; correct the day, the time or the offset' }))
    .optional()
    .meta({
      title: 'Start date',
      description:
        'Skip audit events, recipes (jobs or tasks) and backups from before this time. Undated recipes and backups are always included. Monthly usage starts with the month that contains this time.',
      examples: ['2018-08-22T00:00:00Z'],
      format: 'date-time',
      pattern: DATE_TIME.source,
      pattern_descriptor: 'YYYY-MM-DDTHH:mm:ssZ',
    }),
  fail_on_refused_deployments: boolean().default(false).meta({
    title: 'Fail on refused deployments',
    description:
      'What to do if the API rejects requests for individual deployments, for example with HTTP 403 or 404. Off: log a warning, and skip these deployments. As a result, destinations that overwrite tables lose the records of the skipped deployments. On: fail the stream after reading the other deployments.',
  }),
  num_workers: wholeNumber(1, 32).default(4).meta({
    title: 'Workers',
    description: 'Maximum number of concurrent requests, from 1 to 32.',
  }),
  lookback_window_seconds: wholeNumber(0, 86_400).default(60).meta({
    title: 'Lookback window (seconds)',
    description:
      'Each incremental sync starts this many seconds before the last synced record, to catch records that arrive late. 0 is treated as 1 second. The records in this window are emitted again, and destinations that deduplicate by primary key drop the duplicates.',
  }),
  request_timeout_seconds: wholeNumber(1, 600).default(60).meta({
    title: 'Request timeout (seconds)',
    description:
      'Maximum duration of a request, from opening the connection to receiving the last byte of the response.',
  }),
});

export type Config = z.output<typeof configSchema>;

export function platformOf({ platform: { name } }: Config): Platform<unknown, unknown> {
  return PLATFORMS[name];
}

export function offeredStreams(config: Config): Stream[] {
  return platformOf(config).streams.filter((stream) => isOffered(stream, config.platform));
}

/** Called with a sentence about each option that is ignored or probably wrong. */
type Warn = (sentence: string) => void;

/**
 * Reads and validates the config file. Null options count as missing. A config without `platform` has the flat form of release 0.1, with
 * all Compose options at the top level. Errors name the file and each invalid option.
 */
export async function loadConfig(path: string, warn: Warn): Promise<Config> {
  return configFrom(await readObject('config', path), `The config file ${path}`, warn);
}

/** Validates a parsed config. Error messages begin with `source`. */
export function configFrom(raw: Row, source: string, warn: Warn): Config {
  const given = withoutNulls(raw);
  // Even the credentials of an invalid config must be masked.
  for (const { secret } of Object.values(PLATFORMS)) {
    for (const part of [given, given['platform']]) {
      const value = isRow(part) ? part[secret] : undefined;
      if (typeof value === 'string') [value, value.trim()].forEach(addCredential);
    }
  }
  const isFlat = given['platform'] === undefined;
  if (isFlat && given['api_token'] === undefined) {
    throw inputError(`${source} cannot be used: it does not specify a platform. ${CHOOSE}`);
  }
  const config = isFlat ? nestedForm(given) : given;
  if (isRow(config['platform'])) config['platform'] = withoutNulls(config['platform']);
  warnOfIgnored(config, warn);
  const result = configSchema.safeParse(config);
  if (result.success) {
    const { start_date: start } = result.data;
    // Without this warning, users might not notice a mistyped year: the sync would succeed, but emit only undated records.
    if (start !== undefined && start > utcText(Date.now())) {
      warn(`start_date ${start} is in the future, so streams that use start_date emit only undated records`);
    }
    return result.data;
  }
  // Report only the first issue of each option, because any other issues follow from the first.
  const errors = new Map<string, string>();
  for (const { path, message } of result.error.issues) {
    const option = z.core.toDotPath(path);
    if (!errors.has(option)) errors.set(option, `${option} ${message}`);
  }
  throw inputError(`${source} cannot be used: ${[...errors.values()].join('; ')}.`);
}

/** Converts a flat config to the current form. */
function nestedForm(given: Row): Row {
  const [own, others]: [Row, Row] = [{ name: 'compose' }, {}];
  for (const [key, value] of Object.entries(given)) {
    (key !== 'name' && Object.hasOwn(compose.config.shape, key) ? own : others)[key] = value;
  }
  return { ...others, platform: own };
}

/** Warns about misspelled and misplaced options. If `start_dat` were silently ignored, for example, a sync would read everything. */
function warnOfIgnored(config: Row, warn: Warn): void {
  const { platform } = config;
  const chosen = Object.entries(PLATFORMS).find(([name]) => isRow(platform) && name === platform['name'])?.[1];
  // An unknown platform fails validation later.
  if (chosen === undefined) return;
  /** The correct path of each option. */
  const options = new Map([
    ...Object.keys(configSchema.shape).map((key) => [key, key] as const),
    ...Object.keys(chosen.config.shape).map((key) => [key, `platform.${key}`] as const),
  ]);
  const given = [['', config] as const, ['platform.', platform as Row] as const];
  for (const [key, place] of given.flatMap(([prefix, row]) =>
    Object.keys(row).map((name) => [name, prefix + name] as const),
  )) {
    // Airbyte adds options whose names begin with two underscores.
    if (options.get(key) === place || key.startsWith('__')) continue;
    // A long name could be a secret, so it isn't shown.
    const name = key.length <= MAX_NAME ? place : `with a name of ${key.length} characters`;
    const nearest = options.get(nearestOf(key, [...options.keys()]) ?? '');
    const move = place === key ? 'move it into platform' : 'move it to the top level';
    const hint = options.has(key) ? move : nearest === undefined ? 'correct or remove it' : `did you mean ${nearest}?`;
    warn(`the config has an unknown option ${name}, which is ignored: ${hint}`);
  }
}

function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
