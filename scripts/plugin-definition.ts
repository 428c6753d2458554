import { stringify } from 'yaml';
import { COMMON_SETTINGS, PLATFORM_FORMS, type Setting, platformSettings } from '../src/singer/settings.ts';

/** Where it stands. */
export const PLUGIN_DEFINITION = new URL('../meltano/extractors/tap-compose.yml', import.meta.url);

/** For `meltano add --from-ref`: the tap as Meltano is to know it, as the text of its YAML file. */
export function pluginDefinition(): string {
  const definition = {
    name: 'tap-compose',
    namespace: 'tap_compose',
    variant: 'source-compose',
    label: 'Compose',
    description: 'Reports of the Compose API: accounts, deployments, backups, jobs and audit events.',
    repo: 'https://github.com/source-compose/source-compose',
    docs: 'https://github.com/source-compose/source-compose/blob/main/docs/meltano.md',
    executable: 'tap-compose',
    capabilities: ['about', 'catalog', 'discover', 'state', 'structured-logging'],
    settings_group_validation: PLATFORM_FORMS.map(({ required }) => required.map((name) => `platform.${name}`)),
    settings: settings(),
  };
  const comment = '# Written by `npm run spec`. docs/meltano.md says how to use it.\n';
  return comment + stringify(definition, { singleQuote: true, lineWidth: 0 });
}

/** Without defaults: the tap has them, and a project keeps what it once copied from here. */
function settings(): object[] {
  const found = new Map<string, object>();
  const [{ properties } = { properties: {} }] = PLATFORM_FORMS;
  const names = PLATFORM_FORMS.map((form) => form.properties['name']?.const);
  found.set('platform.name', {
    name: 'platform.name',
    label: 'Platform',
    description: 'The API to read.',
    kind: 'options',
    options: PLATFORM_FORMS.map((form, i) => ({ label: names[i], value: names[i] })),
    value: properties['name']?.const,
  });
  for (const form of PLATFORM_FORMS) {
    for (const [name, setting] of platformSettings(form)) add(`platform.${name}`, setting);
  }
  for (const [name, setting] of COMMON_SETTINGS) add(name, setting);
  return [...found.values()];

  function add(name: string, setting: Setting): void {
    if (found.has(name) || setting.airbyte_hidden === true) return;
    const { title, description, default: standard } = setting;
    found.set(name, {
      name,
      label: title,
      description: standard === undefined ? description : `${description} Default: ${String(standard)}.`,
      kind: kindOf(setting),
      ...(setting.airbyte_secret === true ? { sensitive: true } : {}),
    });
  }
}

function kindOf({ type, format }: Setting): string {
  if (format === 'date-time') return 'date_iso8601';
  return type ?? 'string';
}
