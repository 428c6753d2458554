import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test-support/connector.ts';
import { outputOf } from '../test-support/processes.ts';
import { PYTHON_OPTIONS, environment } from '../test-support/python.ts';
import { Workspace } from '../test-support/workspace.ts';
import { pageUrl } from './docs-pages.ts';

// Generates the marts as plain views for users without dbt, from SQL that dbt compiles with `static_sql`.

export const VIEW_TARGETS = ['postgres', 'duckdb'] as const;

export type ViewTarget = (typeof VIEW_TARGETS)[number];

export function viewsUrl(target: ViewTarget): URL {
  return pageUrl(`dbt/views/${target}.sql`);
}

interface Manifest {
  nodes: Record<string, Model>;
}

interface Model {
  name: string;
  resource_type: string;
  compiled_path: string;
  description: string;
  depends_on: { nodes: string[] };
}

/**
 * The start of each file, and the prefixes of views and tables. DuckDB requires prefixes, because it resolves names
 * when a view is read.
 */
const DIALECTS: Readonly<Record<ViewTarget, { header: string; views: string; tables: string }>> = {
  postgres: {
    header: `-- Usage: psql -f postgres.sql
-- The script expects the tables in the schema ibm_cloud. If yours are in another schema, change the name here.
drop schema if exists databases cascade;
create schema databases;
set search_path to databases, ibm_cloud;`,
    views: '',
    tables: '',
  },
  duckdb: {
    header: `-- Usage: duckdb FILE <duckdb.sql
-- The script expects the tables in the schema ibm_cloud. If yours are in main: sed 's/ibm_cloud[.]/main./' duckdb.sql | duckdb FILE
drop schema if exists databases cascade;
create schema databases;`,
    views: 'databases.',
    tables: 'ibm_cloud.',
  },
};

const NOTE = `-- Written by \`npm run dbt:views\` from the models in dbt/models.
-- Errors about missing tables or columns are harmless. They mean that a stream isn't synced, so its view is empty.`;

/** The content of dbt/views/TARGET.sql. dbt compiles the models without a database. */
export async function compileViews(target: ViewTarget): Promise<string> {
  const workspace = new Workspace('views');
  const { folder } = workspace;
  const env = { ...PYTHON_OPTIONS.env, DBT_SCHEMA: 'databases', DUCKDB_PATH: ':memory:' };
  const paths = ['--target-path', folder, '--log-path', folder, '--vars', '{static_sql: true}'];
  const compile = ['--quiet', 'compile', '--no-populate-cache', '--no-introspect', '--target', target, ...paths];
  try {
    await outputOf(join(await environment('clients'), 'dbt'), compile, {
      ...PYTHON_OPTIONS,
      cwd: join(ROOT, 'dbt'),
      env,
    });
    return viewsText(target, folder);
  } finally {
    workspace.remove();
  }
}

function viewsText(target: ViewTarget, compiled: string): string {
  const { header, views, tables } = DIALECTS[target];
  const { nodes } = JSON.parse(readFileSync(join(compiled, 'manifest.json'), 'utf8')) as Manifest;
  const statements = inOrder(nodes).map(({ name, description, compiled_path: path }) => {
    const sql = readFileSync(join(compiled, path.slice(path.indexOf('compiled/'))), 'utf8');
    const plain = sql
      .replace(/"\w+"\."ibm_cloud"\."(\w+)"/g, `${tables}$1`)
      .replace(/"\w+"\."databases"\."(\w+)"/g, `${views}$1`)
      .replace(/^(-- Written.*|\s*)\n/gm, '');
    const [view = '', filled] = plain.split(/^-- With the table:\n/m);
    const create = (words: string, query: string): string => `${words} ${views}${name} as\n${query.trimEnd()};`;
    if (filled === undefined) return `-- ${description.trim().replaceAll(/\s+/g, ' ')}\n${create('create view', view)}`;
    return `${create('create view', view)}\n${create('create or replace view', filled)}`;
  });
  return `${NOTE}\n${header}\n\n${statements.join('\n\n')}\n`;
}

/** The marts and all models that they depend on, with dependencies first. */
function inOrder(nodes: Readonly<Record<string, Model>>): Model[] {
  const models = new Set<Model>();
  const add = (id: string): void => {
    const model = nodes[id];
    if (model?.resource_type !== 'model') return;
    for (const needed of model.depends_on.nodes.toSorted()) add(needed);
    models.add(model);
  };
  for (const [id, { name }] of Object.entries(nodes).toSorted()) if (!name.startsWith('stg_')) add(id);
  return [...models];
}
