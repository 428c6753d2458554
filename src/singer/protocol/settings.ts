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
  airbyte_secret?: boolean;
  airbyte_hidden?: boolean;
  [keyword: string]: unknown;
}

/** The settings of one platform. */
export interface PlatformForm {
  title: string;
  properties: Readonly<Record<string, Setting>>;
  required: readonly string[];
}

const { platform: choice, ...common } = spec.connectionSpecification.properties;
export const PLATFORM_FORMS = choice.oneOf as readonly PlatformForm[];

/** Every setting by its dotted name, as in `platform.api_key`. If several platforms have it, the first platform's. */
export const SETTINGS = new Map<string, Setting>();
for (const { properties } of PLATFORM_FORMS) {
  for (const [name, setting] of Object.entries(properties)) {
    if (!SETTINGS.has(`platform.${name}`)) SETTINGS.set(`platform.${name}`, setting);
  }
}
for (const [name, setting] of Object.entries(common)) SETTINGS.set(name, setting);

/** The settings that the flat form has at the top level. Its platform is Compose. */
const FLAT = PLATFORM_FORMS.filter(({ properties }) => properties['name']?.const === 'compose')
  .flatMap(({ properties }) => Object.keys(properties))
  .filter((name) => name !== 'name');

export interface Settings {
  settings: Row;
  /** Begins a sentence about the settings. */
  source: string;
}

/**
 * Reads a tap's config: JSON files, and the environment if `configs` contains `ENV`. For each setting, a later file wins,
 * and the environment over all files. Meltano passes unusual values: null and "" mean "not set", a string may stand for a
 * number, a boolean, a list or an object, a time may lack its zone, and a key may be a dotted name. Converts these, but
 * validates nothing. Throws one sentence, which quotes no value.
 */
export async function readSettings(configs: readonly string[], env: Row): Promise<Settings> {
  const flat: Row = {};
  for (const path of configs) if (path !== 'ENV') Object.assign(flat, flattened(await readObject('config', path)));
  if (configs.includes('ENV')) {
    const names = ['platform', ...FLAT, ...SETTINGS.keys()];
    Object.assign(flat, flattened(Object.fromEntries(names.map((name) => [name, env[variableOf(name)]]))));
  }
  const isOneFile = configs.length === 1 && configs[0] !== 'ENV';
  const source = isOneFile ? `The config file ${configs[0]}` : `The config (${configs.join(', ')})`;
  return { settings: nested(flat), source };
}

/** The setting's variable for `--config ENV`. */
export function variableOf(setting: string): string {
  return `TAP_COMPOSE_${setting.replace('.', '_').toUpperCase()}`;
}

/** The settings by their dotted names, without those that aren't set. A dotted key overrides one inside `platform`. */
function flattened({ platform: value, ...rest }: Row): Row {
  const platform = jsonIn(value);
  const inside = isRow(platform) ? Object.entries(platform) : [];
  const all = [
    ...(isRow(platform) ? [] : [['platform', platform] as const]),
    ...inside.map(([name, each]) => [`platform.${name}`, each] as const),
    ...Object.entries(rest),
  ];
  return Object.fromEntries(all.filter(([, each]) => each !== null && each !== undefined && each !== ''));
}

function nested(flat: Row): Row {
  const settings: Row = {};
  const platform: Row = {};
  for (const [name, value] of Object.entries(flat)) {
    const converted = asDeclared(value, SETTINGS.get(name) ?? SETTINGS.get(`platform.${name}`));
    if (name.startsWith('platform.')) platform[name.slice('platform.'.length)] = converted;
    else settings[name] = converted;
  }
  return Object.keys(platform).length === 0 ? settings : { ...settings, platform };
}

/**
 * The value that a string spells, if the setting isn't a string. A string that spells no value stays, to be rejected
 * later.
 */
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

/** The content of a JSON string; anything else unchanged. */
function jsonIn(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
