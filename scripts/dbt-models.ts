import { stringify } from 'yaml';
import type { Field, FieldKind } from '../src/core/stream/fields.ts';
import { type Stream, cursorFieldOf, keyFieldOf } from '../src/core/stream/stream.ts';
import { DOCUMENTED, type DocumentedPlatform, referredField } from './docs-platforms.ts';

// Generates the dbt package's staging models: one model per stream name, with the fields of both platforms.

const FOLDER = 'dbt/models/staging';
const NOTE = 'Written by `npm run docs` from the stream declarations.';

/** Fields that the models omit because the values allow connecting to a database or downloading a backup. */
const SECRET = new Set(['ca_certificate_base64', 'connection_strings', 'download_link']);

/** Fields that are renamed because their names have another meaning in the models. */
const RENAMED: Readonly<Record<string, string>> = { platform: 'hosting_platform' };

/** A stream of one or both platforms. */
interface Staged {
  name: string;
  of: Array<{ platform: DocumentedPlatform; stream: Stream }>;
}

/** The contents of the package's generated files, by path. */
export function dbtModels(): Readonly<Record<string, string>> {
  const staged = stagedStreams();
  return {
    ...Object.fromEntries(staged.map((one) => [`${FOLDER}/${modelOf(one.name)}.sql`, modelText(one)])),
    [`${FOLDER}/_models.yml`]: yaml({ version: 2, models: staged.map(modelProperties) }),
    [`${FOLDER}/_sources.yml`]: yaml({ version: 2, sources: DOCUMENTED.map(sourceProperties) }),
  };
}

function stagedStreams(): Staged[] {
  const names = new Set(DOCUMENTED.flatMap(({ streams }) => streams.map(({ name }) => name)));
  return [...names].toSorted().map((name) => ({
    name,
    of: DOCUMENTED.flatMap((platform) => {
      const stream = platform.streams.find((one) => one.name === name);
      return stream === undefined ? [] : [{ platform, stream }];
    }),
  }));
}

function modelOf(stream: string): string {
  return `stg_${stream}`;
}

function fieldsOf({ fields }: Stream): Array<[string, Field]> {
  return Object.entries(fields).filter(([name]) => !SECRET.has(name));
}

function modelText({ of }: Staged): string {
  const dictionaries = of.map(({ platform, stream }) => {
    const lines = fieldsOf(stream).map(([name, { kind }]) => `  '${name}': '${kind}',\n`);
    return `{% set ${platform.name} = {\n${lines.join('')}} %}\n`;
  });
  const platforms = of.map(({ platform: { name } }) => `'${name}': ${name}`).join(', ');
  const renamed = of.flatMap(({ stream }) => fieldsOf(stream)).filter(([name]) => name in RENAMED);
  const names = Object.fromEntries(renamed.map(([name]) => [name, RENAMED[name]]));
  const full = of.filter(({ stream }) => cursorFieldOf(stream) === undefined).map(({ platform }) => platform.name);
  const more = renamed.length === 0 ? '' : `, renamed=${list(JSON.stringify(names))}`;
  return `-- ${NOTE}\n${dictionaries.join('')}{{ stage({${platforms}}, full_refresh=${list(JSON.stringify(full))}${more}) }}\n`;
}

function list(json: string): string {
  return json.replaceAll('"', "'").replaceAll(',', ', ').replaceAll(':', ': ');
}

const TYPES: Readonly<Record<FieldKind, string>> = {
  boolean: 'boolean',
  integer: 'bigint',
  list: 'json',
  number: 'numeric(38, 9)',
  object: 'json',
  text: 'text',
  timestamp: 'timestamp with time zone',
};

function modelProperties(staged: Staged): object {
  const { name, of } = staged;
  const names = new Set(of.flatMap(({ stream }) => fieldsOf(stream).map(([field]) => field)));
  return {
    name: modelOf(name),
    description: describe(of.map(({ platform, stream }) => [platform.title, stream.description])),
    columns: [
      {
        name: 'platform',
        description: 'ibm_cloud or compose.',
        data_type: 'text',
        data_tests: [{ accepted_values: { arguments: { values: of.map(({ platform }) => platform.name) } } }],
      },
      ...[...names].map((field) => columnProperties(staged, field)),
      { name: '_extracted_at', description: 'When the record was read.', data_type: TYPES.timestamp },
    ],
    data_tests: of.map(({ platform, stream }) => ({
      primary_key: {
        arguments: { column: keyFieldOf(stream) },
        name: `${modelOf(name)}_key_${platform.name}`,
        config: { where: `platform = '${platform.name}'` },
      },
    })),
  };
}

function columnProperties({ name, of }: Staged, field: string): object {
  const having = of.filter(({ stream }) => field in stream.fields);
  const { kind } = having[0]!.stream.fields[field]!;
  const description = describe(
    having.map(({ platform, stream }) => [platform.title, stream.fields[field]!.description]),
    of.length > having.length,
  );
  const target = having
    .map(({ platform }) => platform.ownReferences[`${name}.${field}`] ?? platform.references[field])
    .find((one) => one !== undefined);
  const reference = kind === 'text' && target !== undefined && name !== target ? relation(target) : {};
  return { name: RENAMED[field] ?? field, description, data_type: TYPES[kind], ...reference };
}

/** The test only warns, because the target record may be missing (docs/sources, "Relations"). */
function relation(target: string): object {
  const stream = stagedStreams().find(({ name }) => name === target)!.of[0]!.stream;
  const to = { to: `ref('${modelOf(target)}')`, field: referredField(stream) };
  return { data_tests: [{ relationships: { arguments: to, config: { severity: 'warn' } } }] };
}

/** Returns one description, or one per platform if the platforms' descriptions differ. */
function describe(texts: Array<[platform: string, text: string]>, named = false): string {
  const same = new Set(texts.map(([, text]) => text)).size === 1;
  if (same) return named ? `${texts[0]![1]} (${texts[0]![0]})` : texts[0]![1];
  return texts.map(([platform, text]) => `${platform}: ${text}`).join(' ');
}

/** Tables that every sync fills, so that dbt can check how old the data is. */
const ALWAYS_FILLED = new Set(['accounts', 'deployments']);

function sourceProperties({ name, title, streams }: DocumentedPlatform): object {
  return {
    name,
    description: `Tables that Airbyte, PyAirbyte or a Singer target has loaded from ${title}.`,
    schema: `{{ var('${name}_schema') }}`,
    config: { enabled: `{{ '${name}' in var('platforms') }}` },
    loaded_at_field: `{{ var('loaded_at_field') }}`,
    tables: streams.map((stream) => ({
      name: stream.name,
      description: stream.description,
      config: { freshness: ALWAYS_FILLED.has(stream.name) ? FRESHNESS : null },
    })),
  };
}

const FRESHNESS = { warn_after: { count: 36, period: 'hour' }, error_after: { count: 72, period: 'hour' } };

function yaml(value: object): string {
  return `# ${NOTE}\n${stringify(value, { lineWidth: 0, singleQuote: true })}`;
}
