import type { Expected } from './catalogs.ts';
import type { TapRun } from './judged.ts';
import type { Row } from './transcript.ts';

export const DAY = (n: number): string => `2026-01-0${n}T00:00:00.000Z`;
const EXTRACTED = '2026-02-01T00:00:00.000Z';

const TEXT = { type: ['null', 'string'], description: 'A text.' };
const TIME = { type: ['null', 'string'], format: 'date-time', description: 'A time.' };
const FIELDS: Readonly<Record<string, Row>> = {
  audit_events: { id: TEXT, created_at: TIME, data: { type: ['null', 'object'], additionalProperties: true } },
  clusters: { id: TEXT },
  recipes: { id: TEXT, deployment_id: TEXT, updated_at: TIME },
  teams: { id: TEXT, users: { type: ['null', 'array'] }, size: { type: ['null', 'integer'] } },
};
const CURSORS: Readonly<Record<string, string>> = { audit_events: 'created_at', recipes: 'updated_at' };

const expected: ReadonlyMap<string, Expected> = new Map(
  Object.entries(FIELDS).map(([name, fields]) => [
    name,
    {
      key: 'id',
      cursor: CURSORS[name],
      fields: Object.keys(fields),
      deselected: name === 'teams' ? ['name'] : [],
      hasBookmark: name in CURSORS,
    },
  ]),
);

export function schema(stream: string, changes: Row = {}): Row {
  const fields = FIELDS[stream] ?? { id: TEXT };
  return {
    type: 'SCHEMA',
    stream,
    schema: { type: 'object', additionalProperties: true, properties: { ...fields, ...changes } },
    key_properties: ['id'],
    ...(stream in CURSORS ? { bookmark_properties: [CURSORS[stream]] } : {}),
  };
}

export function record(stream: string, data: Row): Row {
  return { type: 'RECORD', stream, record: data, time_extracted: EXTRACTED };
}

export const event = (id: string, at: string): Row => record('audit_events', { id, created_at: at, data: {} });
const recipe = (id: string, at: string): Row => record('recipes', { id, deployment_id: 'd1', updated_at: at });

/** A sync's bookmarks for `audit_events`, and for the recipes of the only deployment. */
export function bookmarks(mark: string | null, walk: Row[], recipes: string | null): Readonly<Record<string, Row>> {
  const common = { version: 1, platform: 'compose', start_date: null };
  const partition = { context: { deployment_id: 'd1' }, replication_key: 'updated_at', replication_key_value: recipes };
  return {
    audit_events: { ...common, replication_key: 'created_at', replication_key_value: mark, walk },
    recipes: { ...common, partitions: recipes === null ? [] : [partition], pending: [] },
    other: { kept: true },
  };
}

export function state(of: Readonly<Record<string, unknown>>, more: Row = { currently_syncing: 'x' }): Row {
  return { type: 'STATE', value: { bookmarks: of, ...more } };
}

export const GIVEN: Row = { bookmarks: { other: { kept: true } }, currently_syncing: 'x' };
export const firstState = state(bookmarks(null, [], null));
export const walkState = state(bookmarks(null, [{ top: DAY(3), cursor: 'b', before: 'a', floor: null }], null));
export const recipesState = state(bookmarks(null, [{ top: DAY(3), cursor: 'b', before: 'a', floor: null }], DAY(2)));
export const lastState = state(bookmarks(DAY(3), [], DAY(2)));
export const lastTeam = record('teams', { id: 't2', users: null, size: null });

/** A valid sync that reads four streams concurrently, one of which is empty. */
export function validMessages(): Row[] {
  return [
    firstState,
    ...['audit_events', 'clusters', 'recipes', 'teams'].map((stream) => schema(stream)),
    event('a', DAY(3)),
    record('teams', { id: 't1', users: [], size: 3 }),
    event('b', DAY(2)),
    walkState,
    recipe('r1', DAY(1)),
    recipe('r2', DAY(2)),
    recipesState,
    event('c', DAY(1)),
    lastTeam,
    lastState,
  ];
}

const COUNTS = { audit_events: 3, clusters: 0, recipes: 2, teams: 2 };

export const metric = (stream: string, value: number): Row => ({
  type: 'counter',
  metric: 'record_count',
  value,
  tags: { stream },
});

export const validLog: readonly string[] = [
  'INFO tap-compose 1.2.3: sync',
  ...Object.entries(COUNTS).flatMap(([stream, count]) => [
    `INFO METRIC: ${JSON.stringify(metric(stream, count))}`,
    `INFO ${stream}: ${count} records in 0.1 s with 1 request`,
  ]),
];

function structuredLine(level: string, message: string, more: Row = {}): Row {
  return {
    level,
    message,
    logger_name: 'tap-compose',
    app_name: 'tap-compose',
    ts: 1_767_000_000.5,
    pid: 7,
    thread_name: null,
    stream_name: null,
    extra: {},
    ...more,
  };
}

export const structuredLog: readonly Row[] = validLog.map((line) => {
  const [, text = ''] = /^INFO (.*)$/.exec(line) ?? [];
  if (!text.startsWith('METRIC: ')) return structuredLine('info', text);
  return structuredLine('info', 'METRIC', { metric_info: JSON.parse(text.slice('METRIC: '.length)) as unknown });
});

export const linesOfText = (values: readonly unknown[]): string =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

export function runOf(messages: readonly unknown[], more: Partial<TapRun> = {}): TapRun {
  return {
    stdout: linesOfText(messages),
    stderr: linesOfText(validLog),
    exitCode: 0,
    expected,
    state: GIVEN,
    secrets: ['hunter2'],
    ...more,
  };
}
