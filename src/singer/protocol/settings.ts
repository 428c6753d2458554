import spec from '../../../spec.json' with { type: 'json' };
import { readObject } from '../../program/input-file.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { toUtcText } from '../../core/record/timestamp.ts';

/** A setting as spec.json declares it. */
export interface Setting {
  type?: string | string[];
  const?: string;
  title?: string;
  description?: string;
  default?: unknown;
  format?: string;
  order?: number;
  airbyte_secret?: boolean;
  airbyte_hidden?: boolean;
  [keyword: string]: unknown;
}

export interface PlatformForm {
  title: string;
  properties: Record<string, Setting>;
  required: string[];
}

/** In the order in which a form shows them. */
function inOrder(settings: object): Array<[name: string, setting: Setting]> {
  const all = Object.entries(settings) as Array<[string, Setting]>;
  return all.toSorted(([, one], [, other]) => (one.order ?? 0) - (other.order ?? 0));
}

const { platform: choice, ...common } = spec.connectionSpecification.properties;

/** The settings beside `platform`. */
export const COMMON_SETTINGS = inOrder(common);
/** What may stand below `platform`, for each of its names. */
export const PLATFORM_FORMS = choice.oneOf as readonly PlatformForm[];
export const platformSettings = ({ properties }: PlatformForm): Array<[string, Setting]> => inOrder(properties);

/** The prefix of the variables that `--config ENV` takes. */
const PREFIX = 'TAP_COMPOSE_';
/** The settings of the flat form, which has all at the top. Its platform is Compose. */
const FLAT = Object.fromEntries([
  ...COMMON_SETTINGS,
  ...formOf('compose').filter(([name]) => name !== 'name'),
]) as Record<string, Setting>;

/** Settings as they were handed in, and how a sentence about them begins. */
export interface Settings {
  settings: Row;
  source: string;
}

/**
 * Reads the config of a tap: JSON files, of which later ones win key by key, and over them all, if `ENV` is among
 * `configs`, the variables of `env`. Meltano hands things in strangely: null and "" are "not given", a text may stand for a
 * number, a boolean, a list or an object, a time may lack its zone, and a key may be the dotted name of one below
 * `platform`. All this is put right; whether it fits is not looked at. Throws one sentence, which quotes no value.
 */
export async function readSettings(configs: readonly string[], env: Row): Promise<Settings> {
  const settings: Row = {};
  for (const path of configs) {
    if (path === 'ENV') continue;
    Object.assign(settings, nested(given(await readObject('config', path))));
  }
  if (configs.includes('ENV')) {
    const { platform = settings['platform'], ...rest } = fromEnvironment(env);
    Object.assign(settings, nested({ ...(platform === undefined ? {} : { platform }), ...rest }));
  }
  const files = configs.filter((path) => path !== 'ENV');
  const [only] = files;
  const source =
    configs.length === 1 && only !== undefined ? `The config file ${only}` : `The config (${configs.join(', ')})`;
  return { settings: coerceSettings(settings), source };
}

/** `TAP_COMPOSE_PLATFORM_API_KEY` is the setting `platform.api_key`; `TAP_COMPOSE_PLATFORM` holds all of them as JSON. */
function fromEnvironment(env: Row): Row {
  const below = PLATFORM_FORMS.flatMap(({ properties }) => Object.keys(properties)).map((name) => `platform.${name}`);
  const names = new Set(['platform', ...below, ...Object.keys(FLAT)]);
  return given(Object.fromEntries([...names].map((name) => [name, env[variableOf(name)]])));
}

/** The variable of a setting. */
export function variableOf(setting: string): string {
  return PREFIX + setting.replace('.', '_').toUpperCase();
}

/** Without what is null or "", which mean "not given". */
function given(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
}

/** `platform.api_token` as a key below `platform`. */
function nested(row: Row): Row {
  const dotted = Object.keys(row).filter((key) => key.startsWith('platform.'));
  if (dotted.length === 0) return row;
  const rest = Object.fromEntries(Object.entries(row).filter(([key]) => !dotted.includes(key)));
  const below = Object.fromEntries(dotted.map((key) => [key.slice('platform.'.length), row[key]]));
  const platform = jsonIn(rest['platform']);
  return { ...rest, platform: { ...(isRow(platform) ? platform : {}), ...below } };
}

function coerceSettings(settings: Row): Row {
  const { platform: raw, ...rest } = settings;
  const platform = jsonIn(raw);
  const top = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, asDeclared(value, FLAT[key])]));
  if (!isRow(platform)) return raw === undefined ? top : { ...top, platform };
  const inside = given(platform);
  // Nothing of it was set.
  if (Object.keys(inside).length === 0) return top;
  const declared = Object.fromEntries(formOf(inside['name'])) as Record<string, Setting>;
  const below = Object.entries(inside).map(([key, value]) => [key, asDeclared(value, declared[key])]);
  return { ...top, platform: Object.fromEntries(below) as Row };
}

function formOf(name: unknown): Array<[string, Setting]> {
  const form = PLATFORM_FORMS.find(({ properties }) => properties['name']?.const === name);
  return form === undefined ? [] : platformSettings(form);
}

/** A text as the value that it spells, if the setting is no text. One that spells none stays, to be complained about. */
function asDeclared(value: unknown, setting: Setting | undefined): unknown {
  if (typeof value !== 'string' || setting === undefined) return value;
  const text = value.trim();
  switch ([setting.type].flat()[0]) {
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : value;
    case 'boolean':
      return BOOLEANS.get(text.toLowerCase()) ?? value;
    case 'array':
    case 'object':
      return jsonIn(value);
    default:
      return setting.format === 'date-time' ? (toUtcText(text) ?? value) : value;
  }
}

const BOOLEANS = new Map([
  ...['true', '1', 'yes', 'on'].map((text) => [text, true] as const),
  ...['false', '0', 'no', 'off'].map((text) => [text, false] as const),
]);

/** What a text of JSON holds; anything else as it is. */
function jsonIn(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
