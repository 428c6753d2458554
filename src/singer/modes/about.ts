import { VERSION } from '../../program/version.ts';
import type { Format } from '../command-line.ts';
import { COMMON_SETTINGS, PLATFORM_FORMS, type Setting, platformSettings } from '../protocol/settings.ts';

const NAME = 'tap-compose';
const DESCRIPTION = 'A Singer tap for IBM Cloud Databases and the Compose API.';
/** In Meltano's words. */
const CAPABILITIES = ['about', 'catalog', 'discover', 'state', 'structured-logging', 'test'];

/** What of a setting its reader needs; the rest is about the form of another protocol. */
const KEYWORDS = [
  'type',
  'title',
  'description',
  'default',
  'enum',
  'examples',
  'format',
  'items',
  'minimum',
  'maximum',
];

type Property = Record<string, unknown>;

/** What `--about` prints, with the end of its last line. Needs no config. */
export function about(format: Format): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(description(), null, 2)}\n`;
    case 'markdown':
      return markdown();
    case 'text':
      return text();
  }
}

function description(): object {
  return {
    name: NAME,
    description: DESCRIPTION,
    version: VERSION,
    capabilities: CAPABILITIES,
    settings: { type: 'object', properties: settings(), required: required() },
  };
}

/**
 * Every setting by its dotted name, as Meltano has it, with the platforms that have it unless all do. A name that several
 * platforms have has the type of the first, and the descriptions of all where they differ.
 */
function settings(): Record<string, Property> {
  const names = PLATFORM_FORMS.map(({ properties }) => properties['name']?.const);
  const found: Record<string, Property> = {
    'platform.name': { type: 'string', title: 'Platform', description: 'The API to read.', enum: names },
  };
  for (const form of PLATFORM_FORMS) {
    for (const [name, setting] of platformSettings(form)) {
      if (setting.airbyte_hidden !== true) found[`platform.${name}`] ??= ofPlatforms(name, setting);
    }
  }
  for (const [name, setting] of COMMON_SETTINGS) found[name] = propertyOf(setting);
  return found;
}

function ofPlatforms(name: string, setting: Setting): Property {
  const owners = PLATFORM_FORMS.filter(({ properties }) => name in properties);
  const texts = owners.map(({ title, properties }) => ({ title, text: properties[name]?.description ?? '' }));
  const isSame = texts.every(({ text }) => text === texts[0]?.text);
  const description = isSame ? setting.description : texts.map(({ title, text }) => `${title}: ${text}`).join(' ');
  const property = propertyOf({ ...setting, ...(description === undefined ? {} : { description }) });
  if (owners.length === PLATFORM_FORMS.length) return property;
  return { ...property, platforms: owners.map(({ properties }) => properties['name']?.const) };
}

/** The platforms of a setting as a text; those that all have say nothing. */
function platformsOf({ platforms }: Property): string {
  return Array.isArray(platforms) ? platforms.join(', ') : '';
}

/** What every platform requires. */
function required(): string[] {
  const [first, ...others] = PLATFORM_FORMS.map((form) => form.required);
  return (first ?? [])
    .filter((name) => others.every((names) => names.includes(name)))
    .map((name) => `platform.${name}`);
}

function propertyOf(setting: Setting): Property {
  const property: Property = Object.fromEntries(
    KEYWORDS.filter((key) => key in setting).map((key) => [key, setting[key]]),
  );
  // The lines of a tap are ASCII, be they text.
  property['description'] = setting.description?.replaceAll('→', '->');
  return setting.airbyte_secret === true ? { ...property, secret: true, writeOnly: true } : property;
}

function text(): string {
  const lines = Object.entries(settings()).map(([name, property]) => {
    const platforms = platformsOf(property);
    return `  ${name}: ${platforms === '' ? '' : `(${platforms}) `}${String(property['description'])}`;
  });
  return [
    `Name: ${NAME}`,
    `Description: ${DESCRIPTION}`,
    `Version: ${VERSION}`,
    `Capabilities: ${CAPABILITIES.join(', ')}`,
    'Settings:',
    ...lines,
    '',
  ].join('\n');
}

function markdown(): string {
  const needed = required();
  const rows = Object.entries(settings()).map(([name, property]) => {
    const standard = property['default'] === undefined ? '' : `\`${JSON.stringify(property['default'])}\``;
    return `| \`${name}\` | ${needed.includes(name) ? 'yes' : 'no'} | ${platformsOf(property)} | ${standard} | ${String(property['description'])} |`;
  });
  return [
    `# ${NAME}`,
    '',
    DESCRIPTION,
    '',
    '## Capabilities',
    '',
    ...CAPABILITIES.map((capability) => `- \`${capability}\``),
    '',
    '## Settings',
    '',
    '| Setting | Required | Platform | Default | Description |',
    '| ------- | -------- | -------- | ------- | ----------- |',
    ...rows,
    '',
  ].join('\n');
}
