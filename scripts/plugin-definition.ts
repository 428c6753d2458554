import { stringify } from 'yaml';
import { about } from '../src/singer/about.ts';
import { PLATFORM_FORMS } from '../src/singer/settings.ts';

/** Where it stands. */
export const PLUGIN_DEFINITION = new URL('../meltano/extractors/tap-compose.yml', import.meta.url);

const REPOSITORY = 'https://github.com/source-compose/source-compose';

/** What the tap says about itself. */
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

/** For `meltano add --from-ref`: what the tap says about itself, as Meltano wants to have it. The text of a YAML file. */
export function pluginDefinition(): string {
  const { name, description, capabilities, settings } = JSON.parse(about('json')) as About;
  const definition = {
    name,
    namespace: name.replace('-', '_'),
    variant: 'source-compose',
    label: 'Compose',
    description,
    repo: REPOSITORY,
    docs: `${REPOSITORY}/blob/main/docs/meltano.md`,
    executable: name,
    capabilities,
    // What each platform requires: Meltano is content with one of the groups.
    settings_group_validation: PLATFORM_FORMS.map(({ required }) => required.map((key) => `platform.${key}`)),
    settings: Object.entries(settings.properties).map(([key, setting]) => meltanoSetting(key, setting)),
  };
  const comment = '# Written by `npm run spec`. docs/meltano.md says how to use it.\n';
  return comment + stringify(definition, { singleQuote: true, lineWidth: 0 });
}

/** Defaults are only told of: the tap has them, and a project keeps for ever what it once copied from here. */
function meltanoSetting(name: string, { type, title, description, enum: choice, ...setting }: Setting): object {
  const told = setting.default === undefined ? description : `${description} Default: ${setting.default}.`;
  return {
    name,
    label: title,
    description: told,
    kind: choice === undefined ? kindOf(type, setting.format) : 'options',
    // Without it nothing else that stands below `platform` means anything.
    ...(choice === undefined ? {} : { options: choice.map((value) => ({ label: value, value })), value: choice[0] }),
    ...(setting.secret === true ? { sensitive: true } : {}),
  };
}

/** JSON Schema's types are Meltano's kinds, but for times. */
function kindOf(type: string, format: string | undefined): string {
  return format === 'date-time' ? 'date_iso8601' : type;
}
