import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path/posix';
import questions from '../docs/reference/icd-questions.json' with { type: 'json' };
import spec from '../spec.json' with { type: 'json' };
import { type FailureType, type ProblemId, problems } from '../src/core/failure/problems.ts';
import { catalogStream } from '../src/airbyte/commands/discover.ts';
import type { Field } from '../src/core/stream/fields.ts';
import { type Stream, cursorFieldOf, keyFieldOf } from '../src/core/stream/stream.ts';
import { CAUSES } from './docs-causes.ts';
import type { DocumentedPlatform } from './docs-platforms.ts';

// Generates tables for the documentation.

/**
 * The table of a platform's streams. Each name links to the table of the stream's fields, and each path to its section
 * in the reference. `at` is the page that contains the table.
 */
export function streamsTable({ streamsPage, reference, streams, origin }: DocumentedPlatform, at: string): string {
  return table(
    ['Stream', 'Contents', 'API path', 'Primary key', 'Sync modes', 'Cursor'],
    streams.map((stream) => {
      const { path, heading, page = reference } = origin(stream);
      return [
        `[${stream.name}](${linkTo(streamsPage, at)}#${stream.name})`,
        stream.description,
        `[${code(path)}](${linkTo(page, at)}#${sectionOf(page, heading)})`,
        code(keyFieldOf(stream)),
        modesOf(stream),
        [cursorFieldOf(stream)].flatMap((field) => (field === undefined ? [] : code(field))).join(''),
      ];
    }),
  );
}

/** The table of all streams, with each stream's sync modes on each platform. */
export function overviewTable(platforms: readonly DocumentedPlatform[], at: string): string {
  const names = new Set(platforms.flatMap(({ streams }) => streams.map(({ name }) => name)));
  const rows = [...names].toSorted().map((name) => {
    const found = platforms.map(({ streams }) => streams.find((stream) => stream.name === name));
    const cells = platforms.map(({ streamsPage }, index) => {
      const stream = found[index];
      return stream === undefined ? '' : `[${briefMode(stream)}](${linkTo(streamsPage, at)}#${name})`;
    });
    return [code(name), found.find((stream) => stream !== undefined)?.description ?? '', ...cells];
  });
  return table(['Stream', 'Contents', ...platforms.map(({ title }) => title)], rows);
}

function briefMode(stream: Stream): string {
  return cursorFieldOf(stream) === undefined ? 'full' : 'full, incremental';
}

/** Returns the link from one page to another. Within the same page, the link is empty. */
function linkTo(page: string, at: string): string {
  return page === at ? '' : relative(dirname(at), page);
}

/** The anchor of the section whose heading contains this text. Throws if there is no such section. */
function sectionOf(page: string, wanted: string): string {
  const text = readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
  const heading = headingsOf(text).find((each) => each.includes(wanted));
  if (heading === undefined) throw new Error(`no section of ${page} is about ${wanted}`);
  return anchorOf(heading);
}

/** Returns a Markdown page's headings of all levels. */
export function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading ?? '');
}

/** The anchor that GitHub generates for a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function modesOf(stream: Stream): string {
  const modes = catalogStream(stream).supported_sync_modes.join(', ').replaceAll('_', ' ');
  return modes.charAt(0).toUpperCase() + modes.slice(1);
}

/** Airbyte's sync modes, by the last part of each mode's URL. */
const SYNC_MODES: Readonly<Record<string, string>> = {
  'full-refresh-overwrite': 'Full Refresh - Overwrite',
  'full-refresh-append': 'Full Refresh - Append',
  'full-refresh-overwrite-deduped': 'Full Refresh - Overwrite + Deduped',
  'incremental-append': 'Incremental - Append',
  'incremental-append-deduped': 'Incremental - Append + Deduped',
};
const SYNC_MODES_PAGE = 'https://docs.airbyte.com/platform/using-airbyte/core-concepts/sync-modes/';

/** The table of Airbyte's sync modes, with the streams that support each mode. */
export function syncModesTable({ streams }: DocumentedPlatform): string {
  const incremental = streams.filter((stream) => cursorFieldOf(stream) !== undefined).map(({ name }) => code(name));
  const rows = Object.entries(SYNC_MODES).map(([page, title]) => [
    `[${title}](${SYNC_MODES_PAGE}${page})`,
    page.startsWith('incremental') ? incremental.join(', ') : 'all',
  ]);
  return table(['Mode', 'Streams'], rows);
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
  airbyte_hidden?: boolean;
}

interface Form {
  properties: Record<string, Option>;
  required: readonly string[];
}

const { platform: choice, ...common } = spec.connectionSpecification.properties;

/** The table of a platform's config options, generated from the specification. */
export function optionsTable({ name }: DocumentedPlatform): string {
  const forms = choice.oneOf as readonly Form[];
  const form = forms.find(({ properties }) => properties['name']?.const === name);
  if (form === undefined) throw new Error(`the specification has no platform ${name}`);
  const rows = [...rowsOfOptions(form.properties, form.required, 'platform.'), ...rowsOfOptions(common, [], '')];
  return table(['Option', 'In the form', 'Type', 'Default', 'Meaning'], rows);
}

function rowsOfOptions(options: Record<string, Option>, required: readonly string[], prefix: string): string[][] {
  const shown = Object.entries(options).filter(([, { airbyte_hidden: isHidden }]) => isHidden !== true);
  const ordered = shown.toSorted(([, a], [, b]) => a.order - b.order);
  return ordered.map(([name, option]) => [
    code(prefix + name),
    option.title ?? 'Platform',
    typeOf(option),
    option.const === undefined ? (required.includes(name) ? '**required**' : defaultOf(option)) : code(option.const),
    option.description ?? 'The platform to read from.',
  ]);
}

function typeOf({ type, format, minimum, maximum }: Option): string {
  if (format === 'date-time') return 'date and time';
  if (type === 'array') return 'list of IDs';
  return minimum === undefined || maximum === undefined ? type : `${type}, ${minimum} to ${maximum}`;
}

function defaultOf(option: Option): string {
  if (option.default === undefined) return 'none';
  return Array.isArray(option.default) ? 'empty' : code(String(option.default));
}

/** A heading and a table of fields for each stream, including the known contents of lists and objects. */
export function fieldTables({ streams }: DocumentedPlatform): string {
  return streams.map((stream) => `#### ${stream.name}\n\n${about(stream)}\n\n${fieldTable(stream)}`).join('\n\n');
}

function about(stream: Stream): string {
  const { description } = stream;
  const cursorField = cursorFieldOf(stream);
  const cursor = cursorField === undefined ? '' : ` Cursor: ${code(cursorField)}.`;
  return `${description} Primary key: ${code(keyFieldOf(stream))}.${cursor}`;
}

function fieldTable({ fields }: Stream): string {
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

function kindName(kind: Field['kind']): string {
  return kind === 'text' ? 'string' : kind;
}

/** Patterns and recommended actions for messages that are composed at run time. */
const COMPOSED: Readonly<Record<string, { message: string; advice: string }>> = {
  input_unusable: {
    message:
      'The config, catalog or state file `…` cannot be used: … The stream `…` does not exist, has an invalid sync mode, or is in the catalog twice.',
    advice:
      'Correct the file at the field or position that the message specifies. If a stream is unknown, refresh the connection’s schema in Airbyte. On the command line, use the names that `discover` prints.',
  },
};

const GROUPS: ReadonlyArray<[FailureType, string]> = [
  ['config_error', 'Fix the config or the permissions. Airbyte doesn’t retry these errors.'],
  [
    'transient_error',
    'These errors are usually temporary. The connector has already retried several times, and Airbyte retries the sync.',
  ],
  ['system_error', 'The API or the connector behaved unexpectedly. Airbyte retries the sync.'],
];

/**
 * The troubleshooting tables, which list the platform's error messages with causes and recommended actions. Placeholders replace variable
 * values.
 */
export function problemTables(platform: DocumentedPlatform): string {
  const all = (Object.keys(problems) as ProblemId[]).filter((id) => !platform.withoutProblems.has(id));
  return GROUPS.map(([type, meaning]) => {
    const rows = all.filter((id) => problems[id].failureType === type).map((id) => rowOf(id, platform));
    return `#### ${type}\n\n${meaning}\n\n${table(['Message', 'Cause', 'What to do'], rows)}`;
  }).join('\n\n');
}

function rowOf(id: ProblemId, { terms, causes }: DocumentedPlatform): string[] {
  const cause = causes[id] ?? CAUSES[id];
  const composed = COMPOSED[id];
  if (composed !== undefined) return [composed.message, cause, composed.advice];
  const template = (terms.messages as Record<string, string | undefined> | undefined)?.[id] ?? problems[id].message;
  // The role depends on the request, so the docs can't name it.
  const facts: Readonly<Record<string, string | undefined>> = { ...terms.facts, role: 'the missing role' };
  const message = template.replace(/\{(\w+)\}/g, (place, name: string) => facts[name] ?? place);
  // The first sentence of a message says what happened, and the rest says what to do.
  const [, happened, advice] = /^(.*?\.) ([A-Z].*)$/.exec(message) ?? [];
  if (happened === undefined || advice === undefined) throw new Error(`the message of ${id} does not say what to do`);
  return [asText(happened), cause, asText(advice)];
}

/** Formats placeholders as code, because MDX would interpret their braces. Removes or abbreviates quotations of the API's responses. */
function asText(template: string): string {
  return template
    .replace(/\{said\}/g, '')
    .replace(/\{answer\}/g, 'HTTP 4xx')
    .replace(/\{\w+\}/g, '`$&`');
}

/** The table of open questions in the reference. */
export function questionsTable(): string {
  const rows = questions.map(({ question, expected, otherwise, handling }) => [
    question,
    expected,
    otherwise,
    handling,
  ]);
  return table(['Question', 'Expected answer', 'Other possible answer', 'Handling'], rows);
}

/** The table of open questions for users, with each question's status and whether `verify` answers the question. */
export function unverifiedTable(): string {
  const rows = questions.map(({ question, expected, state, noProbe }) => [
    question,
    expected,
    noProbe === undefined ? 'Yes' : `No. ${noProbe}`,
    state,
  ]);
  return table(['Question', 'Expected', 'Does `verify` answer it?', 'Status'], rows);
}

/** A Markdown table without padding, so that changing a row changes only one line. */
export function table(headings: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [headings, headings.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
