import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf } from '../../test-support/catalogs.ts';
import { type Environment, environment, pinned } from '../../test-support/python.ts';
import type { Postgres } from './postgres.ts';
import type { Keys } from './report.ts';
import type { Stage } from './stage.ts';

type Row = Readonly<Record<string, unknown>>;
/** Rows by stream. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** A Singer target with a place of its own to write to. */
export interface Target {
  name: string;
  /** The path of its program. */
  program: string;
  config: Readonly<Record<string, unknown>>;
  /** A row that comes again replaces the one that is there. A target that does not merge appends it. */
  merges: boolean;
  /** All that it has written so far. */
  rows: () => Promise<Rows>;
}

/** Its file holds a line for every record that ever came. */
const JSONL = { name: 'target-jsonl', environment: 'target-jsonl', package: 'target-jsonl' } as const;
/** The one of Meltano's SDK: strict about values, and prints a state only when all is written. */
const MELTANOLABS = {
  name: 'target-postgres',
  environment: 'target-postgres',
  package: 'meltanolabs-target-postgres',
} as const;
/** The other family: prints states as it goes, the first one before anything is written. */
const PIPELINEWISE = {
  name: 'target-postgres-pipelinewise',
  environment: 'target-postgres-pipelinewise',
  package: 'pipelinewise-target-postgres',
} as const;

/** All three with their versions, for a title. */
export const TARGETS_TITLE = [JSONL, MELTANOLABS, PIPELINEWISE]
  .map(
    (kind: { environment: Environment; package: string }) =>
      `${kind.package} ${pinned(kind.environment, kind.package)}`,
  )
  .join(', ');

/** The one that writes files. */
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
 * The three targets, each with an empty folder or schema of its own. `batchRows` is after how many rows of a stream
 * PipelineWise's writes them; by default that is never before the end of what we read.
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
      // One that was killed leaves half a line.
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

/** The keys of what a target holds; of one that appends each key once, however often its row came. */
export async function keysIn({ rows, merges }: Target): Promise<Keys> {
  return Object.fromEntries(
    Object.entries(await rows()).map(([name, all]) => {
      const keys = all.map((row) => keyOf(name, row));
      return [name, merges ? keys : [...new Set(keys)]];
    }),
  );
}

/** When each row of a stream was last changed, by key: of a row that was appended more than once, what the last one says. */
export function changesIn(rows: Rows, stream: string): Map<string, string> {
  return new Map((rows[stream] ?? []).map((row) => [keyOf(stream, row), utcText(row['updated_at'])]));
}

/** Postgres gives a time without a zone, in as many digits as it needs. */
function utcText(value: unknown): string {
  const text = String(value);
  return new Date(/[Z+]/.test(text) ? text : `${text}Z`).toISOString();
}
