import { VERSION } from '../../program/version.ts';
import { PLATFORM_FORMS, SETTINGS, type Setting } from '../protocol/settings.ts';

const NAME = 'tap-compose';
const DESCRIPTION = 'A Singer tap for IBM Cloud Databases and the Compose API.';
/** The capabilities, under the names that Meltano uses. */
const CAPABILITIES = ['about', 'catalog', 'discover', 'state', 'structured-logging', 'test'];

/** The JSON Schema keywords of a setting, without those that only Airbyte uses. */
const KEYWORDS = 'type title description default enum examples format items minimum maximum'.split(' ');

interface Property extends Record<string, unknown> {
  description: string;
  default?: unknown;
  /** The platforms with this setting. Absent if all platforms have the setting. */
  platforms?: string[];
}

/** Returns the text that `--about` prints, as JSON or as Markdown, which is also readable in a terminal. */
export function about(asJson: boolean): string {
  const properties = Object.fromEntries(
    [...SETTINGS].flatMap(([name, setting]) =>
      setting['airbyte_hidden'] === true ? [] : [[name, propertyOf(name, setting)] as const],
    ),
  );
  const required = [...SETTINGS.keys()].filter(isRequired);
  if (!asJson) return markdown(properties, required);
  const settings = { type: 'object', properties, required };
  const description = { name: NAME, description: DESCRIPTION, version: VERSION, capabilities: CAPABILITIES, settings };
  return `${JSON.stringify(description, null, 2)}\n`;
}

/** Whether all platforms require the setting. */
function isRequired(name: string): boolean {
  return PLATFORM_FORMS.every(({ required }) => required.some((each) => `platform.${each}` === name));
}

function propertyOf(name: string, setting: Setting): Property {
  if (name === 'platform.name') {
    const names = PLATFORM_FORMS.map(({ properties }) => properties['name']?.const);
    return { type: 'string', title: 'Platform', description: 'The platform to read from.', enum: names };
  }
  const key = name.slice('platform.'.length);
  const owners = name.startsWith('platform.') ? PLATFORM_FORMS.filter(({ properties }) => key in properties) : [];
  const texts = owners.map(({ title, properties }) => `${title}: ${properties[key]?.description}`);
  const isSame = owners.every(({ properties }) => properties[key]?.description === setting.description);
  const description = isSame ? setting.description : texts.join(' ');
  const property: Property = {
    ...Object.fromEntries(
      KEYWORDS.filter((keyword) => keyword in setting).map((keyword) => [keyword, setting[keyword]]),
    ),
    // The tap prints only ASCII characters.
    description: (description ?? '').replaceAll('→', '->'),
  };
  if (setting['airbyte_secret'] === true) Object.assign(property, { secret: true, writeOnly: true });
  if (owners.length === 0 || owners.length === PLATFORM_FORMS.length) return property;
  return { ...property, platforms: owners.map(({ properties }) => properties['name']?.const ?? '') };
}

function markdown(properties: Readonly<Record<string, Property>>, required: readonly string[]): string {
  const settings = Object.entries(properties).map(([name, property]) => {
    const notes = [
      ...(required.includes(name) ? ['required'] : []),
      ...(property.platforms ?? []),
      ...(property.default === undefined ? [] : [`default ${JSON.stringify(property.default)}`]),
    ];
    return `- \`${name}\`${notes.length === 0 ? '' : ` (${notes.join(', ')})`}: ${property.description}`;
  });
  return [
    `# ${NAME} ${VERSION}`,
    '',
    DESCRIPTION,
    '',
    `Capabilities: ${CAPABILITIES.join(', ')}`,
    '',
    '## Settings',
    '',
    ...settings,
    '',
  ].join('\n');
}
