import { z } from 'zod';
import { inputError } from './core/failure/errors.ts';
import { readObject } from './program/input-file.ts';
import { type Row, isRow } from './core/record/row.ts';
import { toUtcText } from './core/record/timestamp.ts';
import { compose } from './platforms/compose/compose.ts';
import { ibmCloud } from './platforms/ibm-cloud/ibm-cloud.ts';
import { boolean, wholeNumber } from './platforms/options.ts';
import type { Platform } from './platforms/platform.ts';
import { addCredential } from './text/credentials.ts';
import { MAX_NAME, nearestOf } from './text/nearest.ts';

const DATE_TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Every platform by the name that a config gives it. */
const PLATFORMS = { ibm_cloud: ibmCloud, compose } as const;
type PlatformName = keyof typeof PLATFORMS;

/** A whole config for each, to copy. */
const EXAMPLES: Record<PlatformName, string> = {
  ibm_cloud: '{"platform":{"name":"ibm_cloud","api_key":"YOUR KEY"}}',
  compose: '{"platform":{"name":"compose","api_token":"YOUR TOKEN"}}',
};
const CHOOSE = `For IBM Cloud Databases, write ${EXAMPLES.ibm_cloud}; for Compose, write ${EXAMPLES.compose}.`;

const platform = z
  .discriminatedUnion('name', [ibmCloud.config, compose.config], {
    error({ input }) {
      if (isRow(input)) return `must be ${NAMES}`;
      const isName = typeof input === 'string' && Object.hasOwn(EXAMPLES, input);
      return `must be an object, as in ${EXAMPLES[isName ? (input as PlatformName) : 'ibm_cloud']}`;
    },
  })
  .meta({
    title: 'Platform',
    description: 'The API to read, and how to reach it.',
    order: 0,
  });
const NAMES = Object.keys(PLATFORMS)
  .map((name) => `"${name}"`)
  .join(' or ');

/**
 * The user's config. The metadata beside each option makes the form of Airbyte's UI explain itself; `npm run spec` writes
 * spec.json from it. Messages are the end of a sentence that begins with the option's name.
 */
export const configSchema = z.object({
  platform,
  start_date: z
    .string({ error: 'must be a string' })
    .regex(DATE_TIME, { error: 'must be a date and time such as 2018-08-22T00:00:00Z' })
    .transform((text, context) => {
      const utc = toUtcText(text);
      if (utc === undefined)
        context.addIssue({
          code: 'custom',
          message: 'is a date or time that does not exist; correct the day, the time or the offset',
        });
      return utc ?? '';
    })
    .optional()
    .meta({
      title: 'Start date',
      description:
        'Leaves out audit events, recipes (jobs, tasks) and backups from before this time. Recipes and backups without a date are always read; audit events without one are read as far as the list is. Usage by month begins with the month of this time.',
      examples: ['2018-08-22T00:00:00Z'],
      format: 'date-time',
      pattern: DATE_TIME.source,
      pattern_descriptor: 'YYYY-MM-DDTHH:mm:ssZ',
      order: 1,
    }),
  fail_on_refused_deployments: boolean().default(false).meta({
    title: 'Fail on refused deployments',
    description:
      'What happens when the API refuses a report for single deployments, as with HTTP 403 or 404. Off: they are skipped with a warning, and the stream completes without their records; a destination that overwrites then loses those it had. On: the stream fails after the other deployments have been read.',
    order: 2,
  }),
  num_workers: wholeNumber(1, 32).default(4).meta({
    title: 'Workers',
    description: 'How many requests may be in flight at once, from 1 to 32.',
    order: 3,
  }),
  lookback_window_seconds: wholeNumber(0, 86_400).default(60).meta({
    title: 'Lookback window (seconds)',
    description:
      'How far an incremental read goes back behind the newest record of the last one, to catch records that were written late; one second at least. These records are sent again, and a destination that deduplicates by primary key drops them.',
    order: 4,
  }),
  request_timeout_seconds: wholeNumber(1, 600).default(60).meta({
    title: 'Request timeout (seconds)',
    description: 'The longest that one request may take, from connecting to the last byte of the response.',
    order: 5,
  }),
});

export type Config = z.output<typeof configSchema>;

/** The one place where the platform of a config is looked up. Its parts fit together, which types cannot tell here. */
export function platformOf({ platform: { name } }: Config): Platform<unknown, unknown> {
  return PLATFORMS[name];
}

/** Takes a sentence about an option that is ignored. */
type Warn = (sentence: string) => void;

/**
 * Reads and checks the config file. Null means "not given". A config without `platform` is the flat form of release 0.1: it
 * is Compose's, with everything at the top. Throws one sentence that names the file and each field.
 */
export async function loadConfig(path: string, warn: Warn): Promise<Config> {
  return configFrom(await readObject('config', path), `The config file ${path}`, warn);
}

/** The same for a config that was read already; `source` begins the sentence about what is wrong with it. */
export function configFrom(raw: Row, source: string, warn: Warn): Config {
  const given = withoutNulls(raw);
  const isFlat = given['platform'] === undefined;
  const nested = isFlat ? nestedForm(given) : given;
  if (isRow(nested['platform'])) nested['platform'] = withoutNulls(nested['platform']);
  for (const each of Object.values(PLATFORMS)) {
    for (const part of [given, nested['platform']]) {
      if (isRow(part)) for (const credential of each.credentials(part)) addCredential(credential);
    }
  }
  if (isFlat) {
    const misplaced = ofIbmCloud(given);
    if (misplaced.length > 0) throw inputError(`${source} cannot be used: ${belowPlatform(misplaced)}.`);
  }
  const ignored = ignoredOptions(given, nested, isFlat);
  const isChosen = !isFlat || 'api_token' in given || ignored.some(({ nearest }) => isCredential(nearest));
  if (!isChosen) throw inputError(`${source} cannot be used: it names no platform. ${CHOOSE}`);
  for (const { name, hint } of ignored) warn(`the config has an option ${name}, which is ignored: ${hint}`);

  const result = configSchema.safeParse(nested);
  if (result.success) return result.data;
  // One complaint a field: the first says what to do, the others follow from it.
  const complaints = new Map<string, string>();
  for (const issue of result.error.issues) {
    const field = fieldOf(issue.path, isFlat);
    const isMissing = issue.message === 'is missing';
    // Without a `platform` that is spelt right, the config passes for one of the flat form.
    const misspelt = ignored.find(({ nearest }) => nearest === field || (isFlat && nearest === 'platform'));
    const also =
      misspelt === undefined ? ': add it' : ` (the config has ${misspelt.name}; did you mean ${misspelt.nearest}?)`;
    if (!complaints.has(field)) complaints.set(field, `${field} ${issue.message}${isMissing ? also : ''}`);
  }
  throw inputError(`${source} cannot be used: ${[...complaints.values()].join('; ')}.`);
}

/** Whether a misspelled option was meant to choose the platform. */
function isCredential(option: string | undefined): boolean {
  return option === 'platform' || option === 'api_token';
}

/** The flat form in the form of today. */
function nestedForm(given: Row): Row {
  const nested: Row = { platform: { name: 'compose' } };
  for (const [key, value] of Object.entries(given)) {
    if (key !== 'name' && key in compose.config.shape) (nested['platform'] as Row)[key] = value;
    else nested[key] = value;
  }
  return nested;
}

/** The options of a flat config that are meant for IBM Cloud, which has no flat form. */
function ofIbmCloud(given: Row): string[] {
  const isNamed = given['name'] === 'ibm_cloud';
  const own = Object.keys(ibmCloud.config.shape).filter((key) => key in given);
  const isMeant = isNamed || (own.includes('api_key') && !('api_token' in given));
  return isMeant ? own : [];
}

function belowPlatform(options: readonly string[]): string {
  const [first = '', ...others] = options;
  const all = others.length === 0 ? first : `${[first, ...others.slice(0, -1)].join(', ')} and ${others.at(-1)}`;
  return `for IBM Cloud, put ${all} below platform, as in ${EXAMPLES.ibm_cloud}`;
}

interface Ignored {
  name: string;
  hint: string;
  /** The option that was probably meant. */
  nearest: string | undefined;
}

/** A misspelt option must not pass in silence: `start_dat` would mean that everything is read. */
function ignoredOptions(given: Row, nested: Row, isFlat: boolean): Ignored[] {
  const top = Object.keys(configSchema.shape);
  const name = isRow(nested['platform']) ? nested['platform']['name'] : undefined;
  const known =
    typeof name === 'string' && Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name as PlatformName] : undefined;
  const platforms: readonly Platform<unknown, unknown>[] = known === undefined ? Object.values(PLATFORMS) : [known];
  const inside = platforms.flatMap(({ config }) => Object.keys(config.shape));
  const found: Ignored[] = [];
  for (const key of Object.keys(given)) {
    // Platforms put options of their own in.
    if (top.includes(key) || key.startsWith('__') || (isFlat && key !== 'name' && inside.includes(key))) continue;
    if (inside.includes(key)) {
      found.push({ name: key, hint: 'move it into platform', nearest: `platform.${key}` });
      continue;
    }
    found.push(ignoredOption(key, isFlat ? [...top, ...inside] : top, ''));
  }
  if (isFlat || !isRow(given['platform']) || known === undefined) return found;
  for (const key of Object.keys(given['platform'])) {
    if (inside.includes(key) || key.startsWith('__')) continue;
    if (top.includes(key))
      found.push({ name: `platform.${key}`, hint: 'move it out of platform, to the top level', nearest: key });
    else found.push(ignoredOption(key, inside, 'platform.'));
  }
  return found;
}

function ignoredOption(key: string, options: readonly string[], prefix: string): Ignored {
  // A longer name is not shown: it may be anything.
  const name = key.length <= MAX_NAME ? `${prefix}${key}` : `with a name of ${key.length} characters`;
  const nearest = nearestOf(key, options);
  if (nearest === undefined) return { name, hint: 'there is no such option; correct or remove it', nearest: undefined };
  return { name, hint: `did you mean ${prefix}${nearest}?`, nearest: `${prefix}${nearest}` };
}

function fieldOf(path: readonly PropertyKey[], isFlat: boolean): string {
  const parts = isFlat && path[0] === 'platform' ? path.slice(1) : path;
  return parts
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : (i === 0 ? '' : '.') + String(part)))
    .join('');
}

function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
