import { stringify } from 'yaml';
import spec from '../spec.json' with { type: 'json' };
import { about } from '../src/singer/modes/about.ts';

/** The location of a plugin definition, and the package that Meltano installs. Without a package, the tap must be on PATH. */
export interface PluginDefinition {
  url: URL;
  pipUrl?: string;
}

export const PLUGIN_DEFINITIONS: readonly PluginDefinition[] = [
  { url: new URL('../meltano/extractors/tap-compose.yml', import.meta.url) },
  { url: new URL('../meltano/extractors/tap-compose--pypi.yml', import.meta.url), pipUrl: 'source-compose' },
];

const REPOSITORY = 'https://github.com/source-compose/source-compose';

/** The parts of `--about` used here. */
interface About {
  name: string;
  description: string;
  capabilities: string[];
  settings: { properties: Record<string, Setting> };
}

interface Setting {
  type: string;
  title: string;
  description: string;
  default?: string | number | boolean;
  enum?: string[];
  format?: string;
  secret?: true;
}

/** A platform in the specification. */
interface PlatformForm {
  title: string;
  required: string[];
  properties: Record<string, { const?: string }>;
}

const FORMS = spec.connectionSpecification.properties.platform.oneOf as unknown as readonly PlatformForm[];

/** The plugin definition for `meltano add --from-ref`, as YAML generated from the tap's `--about`. */
export function pluginDefinition({ pipUrl }: PluginDefinition): string {
  const { name, description, capabilities, settings } = JSON.parse(about(true)) as About;
  const definition = {
    name,
    namespace: name.replace('-', '_'),
    variant: 'source-compose',
    label: FORMS.map(({ title }) => title).join(' and '),
    description,
    repo: REPOSITORY,
    docs: `${REPOSITORY}/blob/main/docs/meltano.md`,
    ...(pipUrl === undefined ? {} : { pip_url: pipUrl }),
    executable: name,
    capabilities,
    // The required settings of each platform. Meltano requires all settings of at least one group.
    settings_group_validation: FORMS.map(({ required }) => required.map((key) => `platform.${key}`)),
    settings: Object.entries(settings.properties).map(([key, setting]) => meltanoSetting(key, setting)),
  };
  const comment = `# Written by \`npm run spec\`. docs/meltano.md explains how ${pipUrl === undefined ? '' : 'and when '}to use it.\n`;
  return comment + stringify(definition, { singleQuote: true, lineWidth: 0 });
}

/** Mentions a default only in the description, because a Meltano project would keep an outdated default forever. */
function meltanoSetting(name: string, { type, title, description, enum: choice, ...setting }: Setting): object {
  const told = setting.default === undefined ? description : `${description} Default: ${setting.default}.`;
  return {
    name,
    label: `${title}${ownerOf(name)}`,
    description: told,
    kind: choice === undefined ? kindOf(type, setting.format) : 'options',
    // The first platform is preselected, because no other setting below `platform` is meaningful without a platform.
    ...(choice === undefined ? {} : { options: choice.map(optionOf), value: choice[0] }),
    ...(setting.secret === true ? { sensitive: true } : {}),
  };
}

function optionOf(value: string): { label: string; value: string } {
  return { label: FORMS.find(({ properties }) => properties['name']?.const === value)?.title ?? value, value };
}

/** The setting's platform in parentheses, unless all platforms have the setting. */
function ownerOf(setting: string): string {
  const [, name = ''] = /^platform\.(.+)$/.exec(setting) ?? [];
  const owners = FORMS.filter(({ properties }) => name in properties);
  if (owners.length === 0 || owners.length === FORMS.length) return '';
  return ` (${owners.map(({ title }) => title).join(', ')})`;
}

/** Meltano's kinds of settings are the JSON Schema types, except for times. */
function kindOf(type: string, format: string | undefined): string {
  return format === 'date-time' ? 'date_iso8601' : type;
}
