import { readFileSync } from 'node:fs';
import spec from '../spec.json' with { type: 'json' };
import { type FailureType, type Problem, problems } from '../src/core/problems.ts';
import { catalogStream } from '../src/airbyte/discover.ts';
import type { Field } from '../src/core/fields.ts';
import type { StreamDefinition as Definition } from '../src/core/stream.ts';
import { compose } from '../src/platforms/compose/compose.ts';
import type { ComposeShared } from '../src/platforms/compose/shared.ts';

type StreamDefinition = Definition<ComposeShared>;
const { streams } = compose;

// The parts of the pages that are made from the code.

/** What is known of the API, in the folder docs/: a section for each report. */
const REFERENCE = 'reference/compose-api.md';

/**
 * The table of all streams. Each name links to the table of its fields, which stands on `page`, and each path to what is
 * known of the report. `docs` leads from the page that holds the table to the folder docs/.
 */
export function streamsTable(page: string, docs: string): string {
  return table(
    ['Stream', 'What it holds', 'API path', 'Primary key', 'Sync modes', 'Cursor'],
    streams.map((stream) => [
      `[${stream.name}](${page}#${stream.name})`,
      stream.description,
      `[${code(apiPath(stream))}](${docs}${REFERENCE}#${referenceSection(apiPath(stream))})`,
      code(stream.primaryKey),
      modesOf(stream),
      stream.incremental === undefined ? '' : code(stream.incremental.field),
    ]),
  );
}

/** Where the report lies below base_url, with `{id}` for a deployment's id. */
function apiPath(stream: StreamDefinition): string {
  const slice = { id: 'ID', label: 'deployment ID' };
  const shared = { pageSize: 50, includeConnectionStrings: false } as ComposeShared;
  return `/${stream.first(slice, shared).path.replace('/ID', '/{id}')}`;
}

/** The anchor of the section of the reference that has this path in its heading. Throws if there is none. */
function referenceSection(path: string): string {
  const reference = readFileSync(new URL(`../docs/${REFERENCE}`, import.meta.url), 'utf8');
  const wanted = `\`GET ${path.replace('{id}', '{d}')}\``;
  const heading = headingsOf(reference).find((text) => text.includes(wanted));
  if (heading === undefined) throw new Error(`no section of ${REFERENCE} is about ${wanted}`);
  return anchorOf(heading);
}

/** The headings of a page of Markdown, of any level. */
export function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading ?? '');
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function modesOf(stream: StreamDefinition): string {
  const modes = catalogStream(stream).supported_sync_modes.join(', ').replaceAll('_', ' ');
  return modes.charAt(0).toUpperCase() + modes.slice(1);
}

interface Option {
  type: string;
  title?: string;
  description?: string;
  order: number;
  const?: string;
  default?: string | number | boolean | unknown[];
  minimum?: number;
  maximum?: number;
  format?: string;
}

/** The table of the config's options, from the specification that the program prints. */
export function optionsTable(): string {
  const { properties, required } = spec.connectionSpecification;
  const { platform, ...common } = properties;
  const [form] = platform.oneOf;
  if (form === undefined) throw new Error('the specification offers no platform');
  const rows = [...rowsOfOptions(form.properties, form.required, 'platform.'), ...rowsOfOptions(common, required, '')];
  return table(['Option', 'In the form', 'Type', 'Default', 'Meaning'], rows);
}

function rowsOfOptions(options: Record<string, Option>, required: readonly string[], prefix: string): string[][] {
  const ordered = Object.entries(options).toSorted(([, a], [, b]) => a.order - b.order);
  return ordered.map(([name, option]) => [
    code(prefix + name),
    option.title ?? 'Platform',
    typeOf(option),
    option.const === undefined ? (required.includes(name) ? '**required**' : defaultOf(option)) : code(option.const),
    option.description ?? 'The API to read.',
  ]);
}

function typeOf({ type, format, minimum, maximum }: Option): string {
  if (format === 'date-time') return 'date and time';
  if (type === 'array') return 'list of ids';
  return minimum === undefined || maximum === undefined ? type : `${type}, ${minimum} to ${maximum}`;
}

function defaultOf(option: Option): string {
  if (option.default === undefined) return 'none';
  return Array.isArray(option.default) ? 'empty' : code(String(option.default));
}

/** A heading and a table of fields for each stream, with what is known of the insides of lists and objects. */
export function fieldTables(): string {
  return streams.map((stream) => `#### ${stream.name}\n\n${about(stream)}\n\n${fieldTable(stream)}`).join('\n\n');
}

function about({ description, primaryKey, incremental }: StreamDefinition): string {
  const cursor = incremental === undefined ? '' : ` Cursor: ${code(incremental.field)}.`;
  return `${description} Primary key: ${code(primaryKey)}.${cursor}`;
}

function fieldTable({ fields }: StreamDefinition): string {
  const rows = Object.entries(fields).flatMap(([name, field]) => rowsOf(name, field));
  return table(['Field', 'Type', 'Description'], rows);
}

function rowsOf(name: string, field: Field): string[][] {
  const parent = field.kind === 'list' ? `${name}[]` : name;
  return [
    [code(name), typeName(field), field.description],
    ...Object.entries(field.properties ?? {}).flatMap(([key, part]) => rowsOf(`${parent}.${key}`, part)),
  ];
}

function typeName({ kind, properties }: Field): string {
  if (kind === 'list') return properties === undefined ? 'list of strings' : 'list of objects';
  return kindName(kind);
}

/** Fields that hold the key of a record of another stream, by the name that they have everywhere. */
const REFERENCES: Readonly<Record<string, string>> = {
  account_id: 'accounts',
  cluster_id: 'clusters',
  deployment_id: 'deployments',
};

/** Those whose meaning only their stream tells. */
const OWN_REFERENCES: Readonly<Record<string, string>> = {
  'billables.replaces_id': 'billables',
  'deployments.provision_recipe_id': 'deployments_recipes',
  'deployments.type': 'databases',
  'deployments_recipes.parent_id': 'deployments_recipes',
  'deployments_team_roles.teams': 'teams',
  'deployments_versions.application': 'databases',
};

/** How the streams hang together, as a Mermaid entity diagram of their keys and the fields that point to them. */
export function entityDiagram(): string {
  checkReferences();
  const lines = [...streams.flatMap(relationsOf), ...streams.flatMap(entityOf)];
  return ['```mermaid', 'erDiagram', ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

function relationsOf(stream: StreamDefinition): string[] {
  return Object.entries(stream.fields).flatMap(([field, { kind }]) => {
    const target = targetOf(stream, field);
    if (target === undefined) return [];
    const targets = kind === 'list' ? '}o' : '|o';
    // A record whose key is the reference itself is the only one that refers to it.
    const sources = stream.primaryKey === field ? 'o|' : 'o{';
    return [`${target} ${targets}--${sources} ${stream.name} : ${field}`];
  });
}

function entityOf(stream: StreamDefinition): string[] {
  const lines = Object.entries(stream.fields).flatMap(([field, { kind }]) => {
    const marks = [
      ...(field === stream.primaryKey ? ['PK'] : []),
      ...(targetOf(stream, field) === undefined ? [] : ['FK']),
    ];
    if (marks.length > 0) return [`  ${kindName(kind)} ${field} ${marks.join(', ')}`];
    return field === stream.incremental?.field ? [`  ${kindName(kind)} ${field} "cursor"`] : [];
  });
  return [`${stream.name} {`, ...lines, '}'];
}

function targetOf({ name }: StreamDefinition, field: string): string | undefined {
  return OWN_REFERENCES[`${name}.${field}`] ?? REFERENCES[field];
}

function kindName(kind: Field['kind']): string {
  return kind === 'text' ? 'string' : kind;
}

/** A renamed stream or field must not leave an arrow that points nowhere. */
function checkReferences(): void {
  const names = new Set(streams.map(({ name }) => name));
  const targets = [...Object.values(REFERENCES), ...Object.values(OWN_REFERENCES)];
  const lost = targets.filter((target) => !names.has(target));
  const fields = new Set(streams.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `${name}.${field}`)));
  lost.push(...Object.keys(OWN_REFERENCES).filter((field) => !fields.has(field)));
  if (lost.length > 0) throw new Error(`the entity diagram names what no stream has: ${lost.join(', ')}`);
}

/** Messages that are composed where the problem is found: what they look like, and what to do. */
const COMPOSED: Readonly<Record<string, { message: string; advice: string }>> = {
  input_unusable: {
    message: 'The config (or catalog, or state) file `…` cannot be used: …',
    advice: 'Correct what the message names: the file, and the field or the place in it.',
  },
  stream_not_usable: {
    message: 'The stream `…` does not exist (or has no sync mode that exists, or stands in the catalog twice).',
    advice: 'In Airbyte, refresh the schema of the connection. By hand, take the names from what `discover` prints.',
  },
};

const GROUPS: ReadonlyArray<[FailureType, string]> = [
  ['config_error', 'Something that you can fix. Airbyte does not retry by itself.'],
  ['transient_error', 'It may pass. The connector has already tried several times, and Airbyte retries.'],
  ['system_error', 'The API or the connector does something that it should not. Airbyte retries.'],
];

/** The troubleshooting tables: every message that a failure can have, its cause, and what to do. */
export function problemTables(): string {
  const all = Object.entries<Problem>(problems);
  return GROUPS.map(([type, meaning]) => {
    const rows = all.filter(([, { failureType }]) => failureType === type).map(([id, problem]) => rowOf(id, problem));
    return `#### ${type}\n\n${meaning}\n\n${table(['Message', 'Cause', 'What to do'], rows)}`;
  }).join('\n\n');
}

/** In the words of Compose; what differs from case to case stays a place. */
const WORDS: Record<string, string | undefined> = compose.words.facts;

function rowOf(id: string, { message: template, cause }: Problem): string[] {
  const composed = COMPOSED[id];
  if (composed !== undefined) return [composed.message, cause, composed.advice];
  const message = template.replace(/\{(\w+)\}/g, (place, name: string) => WORDS[name] ?? place);
  // The first sentence of a message says what happened, the others what to do.
  const [, happened, advice] = /^(.*?\.) ([A-Z].*)$/.exec(message) ?? [];
  if (happened === undefined || advice === undefined) throw new Error(`the message of ${id} does not say what to do`);
  return [asText(happened), cause, asText(advice)];
}

/**
 * What is filled in when it happens becomes code: a site built with MDX would take braces for a program. What is only
 * sometimes filled in is left out.
 */
function asText(template: string): string {
  return template.replace(/\{said\}/g, '').replace(/\{\w+\}/g, '`$&`');
}

/** A Markdown table without padding, so that a change of one row is a change of one line. */
export function table(headings: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [headings, headings.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
}

/** The text as code. */
function code(text: string): string {
  return `\`${text}\``;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
