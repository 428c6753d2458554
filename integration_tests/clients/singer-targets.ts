import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf } from '../../test-support/catalogs.ts';
import { type Environment, environment, pinned } from '../../test-support/python.ts';
import type { Postgres } from './postgres.ts';
import type { Keys } from './report.ts';
import type { Stage } from './stage.ts';

type Row = Readonly<Record<string, unknown>>;
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** A Singer target that writes to its own folder or schema. */
export interface Target {
  name: string;
  /** The path of the target's program. */
  program: string;
  config: Readonly<Record<string, unknown>>;
  /** Whether a repeated row replaces the existing row. Targets that don't merge append rows. */
  merges: boolean;
  /** Returns all rows that the target has written so far. */
  rows: () => Promise<Rows>;
}

/** target-jsonl writes a line per emitted record. */
const JSONL = { name: 'target-jsonl', environment: 'target-jsonl', package: 'target-jsonl' } as const;
/** The target built on Meltano's SDK validates values strictly, and prints a state only after it has written all preceding records. */
const MELTANOLABS = {
  name: 'target-postgres',
  environment: 'target-postgres',
  package: 'meltanolabs-target-postgres',
} as const;
/** PipelineWise's target prints states during the sync, even before it has written the first record. */
const PIPELINEWISE = {
  name: 'target-postgres-pipelinewise',
  environment: 'target-postgres-pipelinewise',
  package: 'pipelinewise-target-postgres',
} as const;

/** The packages and versions of the three targets, for a test's title. */
export const TARGETS_TITLE = [JSONL, MELTANOLABS, PIPELINEWISE]
  .map(
    (kind: { environment: Environment; package: string }) =>
      `${kind.package} ${pinned(kind.environment, kind.package)}`,
  )
  .join(', ');

/** Opens target-jsonl, which writes its files to a new folder. */
export async function openJsonl(stage: Pick<Stage, 'folder' | 'file'>): Promise<Target> {
  const out = join(stage.folder, 'out');
  stage.file('out/.keep', '');
  return {
    name: JSONL.name,
    program: join(await environment(JSONL.environment), 'target-jsonl'),
    config: { destination_path: out, do_timestamp_file: false },
    merges: false,
    rows: async () => rowsOfFiles(out),
  };
}

/**
 * The three targets, each with its own empty folder or schema. PipelineWise's target writes a stream's rows in batches
 * of `batchRows`. The default is so large that all rows are written at the end.
 */
export async function openTargets(
  stage: Pick<Stage, 'folder' | 'file'>,
  { port, query }: Postgres,
  batchRows = 100_000,
): Promise<Target[]> {
  const server = { host: '127.0.0.1', port, user: 'postgres', password: 'any' };
  return [
    await openJsonl(stage),
    {
      name: MELTANOLABS.name,
      program: join(await environment(MELTANOLABS.environment), 'target-postgres'),
      config: { ...server, database: 'postgres', default_target_schema: 'meltanolabs' },
      merges: true,
      rows: () => rowsOfTables(query, 'meltanolabs'),
    },
    {
      name: PIPELINEWISE.name,
      program: join(await environment(PIPELINEWISE.environment), 'target-postgres'),
      config: { ...server, dbname: 'postgres', default_target_schema: 'pipelinewise', batch_size_rows: batchRows },
      merges: true,
      rows: () => rowsOfTables(query, 'pipelinewise'),
    },
  ];
}

function rowsOfFiles(folder: string): Rows {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return Object.fromEntries(
    files.map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n');
      // A killed target may leave a truncated last line.
      const whole = lines.slice(0, -1).flatMap(rowIn);
      return [name.replace('.jsonl', ''), whole];
    }),
  );
}

function rowIn(line: string): Row[] {
  try {
    return [JSON.parse(line) as Row];
  } catch {
    return [];
  }
}

async function rowsOfTables(query: Postgres['query'], schema: string): Promise<Rows> {
  const names = await query(`select table_name from information_schema.tables where table_schema = '${schema}'`);
  const tables = await Promise.all(
    names.map(async ([name = '']) => {
      const rows = await query(`select row_to_json(t) from ${schema}.${name} t`);
      return [name, rows.map(([json = '']) => JSON.parse(json) as Row)] as const;
    }),
  );
  return Object.fromEntries(tables);
}

/** The keys of a target's rows, by stream. Removes repeated keys if the target appends rows. */
export async function keysIn({ rows, merges }: Target): Promise<Keys> {
  return Object.fromEntries(
    Object.entries(await rows()).map(([name, all]) => {
      const keys = all.map((row) => keyOf(name, row));
      return [name, merges ? keys : [...new Set(keys)]];
    }),
  );
}

/** When each row of a stream last changed, by key. If a row was appended several times, the last copy counts. */
export function changesIn(rows: Rows, stream: string): Map<string, string> {
  return new Map((rows[stream] ?? []).map((row) => [keyOf(stream, row), utcText(row['updated_at'])]));
}

/** Postgres may print timestamps without a time zone and without trailing zeros. */
function utcText(value: unknown): string {
  const text = String(value);
  return new Date(/[Z+]/.test(text) ? text : `${text}Z`).toISOString();
}
