import spec from '../../../spec.json' with { type: 'json' };
import { readObject } from '../../program/input-file.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { toUtcText } from '../../core/record/timestamp.ts';

/** A setting as declared in spec.json. */
export interface Setting extends Readonly<Record<string, unknown>> {
  type?: string | string[];
  const?: string;
  description?: string;
}

/** The settings of one platform. */
export interface PlatformForm {
  title: string;
  properties: Readonly<Record<string, Setting>>;
  required: readonly string[];
}

const { platform: choice, ...common } = spec.connectionSpecification.properties;
export const PLATFORM_FORMS = choice.oneOf as readonly PlatformForm[];

/** All settings by their dotted names, such as `platform.api_key`. If several platforms have the same setting, the first declaration is used. */
export const SETTINGS = new Map<string, Setting>();
for (const { properties } of PLATFORM_FORMS) {
  for (const [name, setting] of Object.entries(properties)) {
    if (!SETTINGS.has(`platform.${name}`)) SETTINGS.set(`platform.${name}`, setting);
  }
}
for (const [name, setting] of Object.entries(common)) SETTINGS.set(name, setting);

/** The Compose settings, which are at the top level of a flat config. */
const FLAT = PLATFORM_FORMS.filter(({ properties }) => properties['name']?.const === 'compose')
  .flatMap(({ properties }) => Object.keys(properties))
  .filter((name) => name !== 'name');

export interface Settings {
  settings: Row;
  /** The beginning of an error message about the settings. */
  source: string;
}

/**
 * Reads the config of a tap from JSON files and, if `configs` contains `ENV`, from the environment. For each setting, later files
 * override earlier ones, and the environment overrides all files. Meltano passes unusual values: null and "" mean "not set", a string
 * may represent a number, a boolean, a list or an object, a time may lack its time zone, and a key may be a dotted name. These
 * values are converted, but nothing is validated. Errors quote no values.
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

/** The environment variable of a setting for `--config ENV`. */
export function variableOf(setting: string): string {
  return `TAP_COMPOSE_${setting.replace('.', '_').toUpperCase()}`;
}

/** The settings that have a value, keyed by dotted name. A dotted key overrides a key inside `platform`. */
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

/** Converts a string to the setting's type and format. An invalid string stays unchanged and is rejected later. */
function asDeclared(value: unknown, setting: Setting | undefined): unknown {
  if (typeof value !== 'string' || setting === undefined) return value;
  const text = value.trim();
  switch ([setting.type].flat()[0]) {
    case 'boolean':
      return /^(?:true|1|yes|on)$/i.test(text) || (/^(?:false|0|no|off)$/i.test(text) ? false : value);
    case 'integer':
    case 'array':
    case 'object':
      return jsonIn(text);
    default:
      return setting['format'] === 'date-time' ? (toUtcText(text) ?? value) : value;
  }
}

/** Parses a JSON string. Returns any other value unchanged. */
function jsonIn(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
