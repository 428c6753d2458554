import spec from '../spec.json' with { type: 'json' };
import { type FailureType, type Problem, problems } from '../src/core/problems.ts';
import { streams } from '../src/platforms/compose/streams/index.ts';
import { catalogStream } from '../src/airbyte/catalog.ts';
import type { Field } from '../src/core/fields.ts';
import type { StreamDefinition } from '../src/core/stream.ts';

// The parts of the pages that are made from the code.

/** The table of all streams; each name links to the table of its fields, which stands on `page`. */
export function streamsTable(page: string): string {
  return table(
    ['Stream', 'What it holds', 'API path', 'Primary key', 'Sync modes', 'Cursor'],
    streams.map((stream) => [
      `[${stream.name}](${page}#${stream.name})`,
      stream.description,
      code(apiPath(stream)),
      stream.primaryKey === undefined ? 'none' : code(stream.primaryKey),
      modesOf(stream),
      stream.cursorField === undefined ? '' : code(stream.cursorField),
    ]),
  );
}

/** Where the report lies below base_url, with `{id}` for a deployment's id. */
function apiPath({ reading }: StreamDefinition): string {
  const path = reading.kind === 'per_deployment' ? reading.path('ID').replace('ID', '{id}') : reading.path;
  return `/${path}`;
}

function modesOf(stream: StreamDefinition): string {
  const modes = catalogStream(stream).supported_sync_modes.join(', ').replaceAll('_', ' ');
  return modes.charAt(0).toUpperCase() + modes.slice(1);
}

interface Option {
  type: string;
  title: string;
  description: string;
  order: number;
  default?: string | number | boolean | unknown[];
  minimum?: number;
  maximum?: number;
  format?: string;
}

/** The table of the config's options, from the specification that the program prints. */
export function optionsTable(): string {
  const { properties, required } = spec.connectionSpecification;
  const options = Object.entries(properties as Record<string, Option>).toSorted(([, a], [, b]) => a.order - b.order);
  return table(
    ['Option', 'In the form', 'Type', 'Default', 'Meaning'],
    options.map(([name, option]) => [
      code(name),
      option.title,
      typeOf(option),
      required.includes(name) ? '**required**' : defaultOf(option),
      option.description,
    ]),
  );
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

/** What the catalog's schema says of one field, as sync/fields.ts makes it. */
interface Shape {
  type: readonly ['null', string];
  description?: string;
  format?: string;
  items?: Shape;
  properties?: Record<string, Shape>;
}

/** A heading and a table of fields for each stream, with what is known of the insides of lists and objects. */
export function fieldTables(): string {
  return streams.map((stream) => `#### ${stream.name}\n\n${about(stream)}\n\n${fieldTable(stream)}`).join('\n\n');
}

function about({ description, primaryKey, cursorField }: StreamDefinition): string {
  const key = primaryKey === undefined ? 'It has no primary key.' : `Primary key: ${code(primaryKey)}.`;
  return `${description} ${key}${cursorField === undefined ? '' : ` Cursor: ${code(cursorField)}.`}`;
}

function fieldTable({ fields }: StreamDefinition): string {
  const rows = Object.entries(fields).flatMap(([name, { schema }]) => rowsOf(name, schema as unknown as Shape));
  return table(['Field', 'Type', 'Description'], rows);
}

function rowsOf(name: string, shape: Shape): string[][] {
  const inside = Object.entries((shape.items ?? shape).properties ?? {});
  const parent = shape.items === undefined ? name : `${name}[]`;
  return [
    [code(name), typeName(shape), shape.description ?? ''],
    ...inside.flatMap(([key, part]) => rowsOf(`${parent}.${key}`, part)),
  ];
}

function typeName({ type, format, items }: Shape): string {
  if (items !== undefined) return `list of ${typeName(items)}s`;
  return format === 'date-time' ? 'timestamp' : type[1];
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
    return field === stream.cursorField ? [`  ${kindName(kind)} ${field} "cursor"`] : [];
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
    advice: 'Correct what the sentence names: it holds the file, and the field or the place in it.',
  },
  stream_not_usable: {
    message: 'The stream `…` does not exist (or has no sync mode that exists, or stands in the catalog twice).',
    advice: 'Refresh the catalog of the connection. By hand: take the names from `discover`.',
  },
};

const GROUPS: ReadonlyArray<[FailureType, string]> = [
  ['config_error', 'Something to be set right by you. Airbyte does not try again by itself.'],
  ['transient_error', 'It may pass. The connector has tried several times already, and Airbyte tries again.'],
  ['system_error', 'The API or the connector does something that it should not. Airbyte tries again.'],
];

/** The troubleshooting tables: every message that a failure can have, its cause, and what to do. */
export function problemTables(): string {
  const all = Object.entries<Problem>(problems);
  return GROUPS.map(([type, meaning]) => {
    const rows = all.filter(([, { failureType }]) => failureType === type).map(([id, problem]) => rowOf(id, problem));
    return `#### ${type}\n\n${meaning}\n\n${table(['Message', 'Cause', 'What to do'], rows)}`;
  }).join('\n\n');
}

function rowOf(id: string, { message, cause }: Problem): string[] {
  const composed = COMPOSED[id];
  if (composed !== undefined) return [composed.message, cause, composed.advice];
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
