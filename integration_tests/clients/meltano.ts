import { chmodSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STREAMS } from '../../test-support/catalogs.ts';
import { programPath } from '../../test-support/connector.ts';
import { outputOf, run } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment, pinned } from '../../test-support/python.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import type { Counts } from './report.ts';
import { type ClientTest, INCREMENTAL, type Stage, makeNews } from './stage.ts';

/** The schema that the tables are made in. */
const SCHEMA = 'compose';

/** It has no primary key, so target-postgres cannot merge it: every run adds its rows to those of the runs before. */
const APPENDED = 'deployments_addons';

export const meltano: ClientTest = {
  name: 'meltano',
  title:
    `Meltano ${pinned('meltano', 'meltano')} with tap-airbyte ${pinned('tap-airbyte', 'tap-airbyte')}, ` +
    `into target-jsonl ${pinned('target-jsonl', 'target-jsonl')} ` +
    `and target-postgres ${pinned('target-postgres', 'meltanolabs-target-postgres')}`,
  run: async (stage) => {
    const postgres = await startPostgres(stage.folder);
    try {
      await writeMeltanoProject(stage, postgres.port);
      await runTwice(stage, postgres);
    } finally {
      postgres.stop();
    }
  },
};

async function runTwice({ sandbox, report, folder }: Stage, postgres: Postgres): Promise<void> {
  const program = join(await environment('meltano'), 'meltano');
  const env = {
    ...PYTHON_OPTIONS.env,
    CONNECTOR: JSON.stringify([programPath()]),
    MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const options = { ...PYTHON_OPTIONS, cwd: folder, env };
  const call = (...args: string[]): Promise<string> => outputOf(program, args, options);
  const runBoth = async (): Promise<void> => {
    for (const target of ['target-jsonl', 'target-postgres']) await call('run', 'tap-airbyte', target);
  };

  // Its exit code is 0 however the check ends.
  const { stdout, stderr } = await run(program, ['invoke', 'tap-airbyte', '--test'], options);
  report.same("the tap's --test", (stdout + stderr).includes('has been verified via the Airbyte check'), true);
  await runBoth();
  const first = linesIn(join(folder, 'out'));
  report.counts('first run, lines in its files', first, sandbox.counts(), INCREMENTAL);
  report.counts('rows in its tables', await rowsIn(postgres), sandbox.counts());

  const { expected, changed } = await makeNews(sandbox);
  await runBoth();
  const both = linesIn(join(folder, 'out'));
  const second = Object.fromEntries(Object.entries(both).map(([name, count]) => [name, count - (first[name] ?? 0)]));
  report.counts("second run from Meltano's state, only news", second, expected, INCREMENTAL);
  const counts = sandbox.counts();
  const merged = { ...counts, [APPENDED]: 2 * counts[APPENDED] };
  report.counts(`rows in its tables (${APPENDED} twice)`, await rowsIn(postgres), merged, INCREMENTAL);
  const recipe = `select count(*) from ${SCHEMA}.deployments_recipes where id = '${changed.id}' and updated_at = '${changed.updatedAt}'`;
  report.same('a changed recipe has changed in its table', await postgres.query(recipe), [['1']]);
}

function linesIn(folder: string): Counts {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return Object.fromEntries(
    files.map((name) => [name.replace('.jsonl', ''), readFileSync(join(folder, name), 'utf8').split('\n').length - 1]),
  );
}

async function rowsIn(postgres: Postgres): Promise<Counts> {
  const names = await postgres.query(
    `select table_name from information_schema.tables where table_schema = '${SCHEMA}'`,
  );
  const queries = names.map(([name]) => `select '${name}', count(*) from ${SCHEMA}.${name}`);
  const rows = await postgres.query(queries.join(' union all '));
  return Object.fromEntries(rows.map(([name = '', count]) => [name, Number(count)]));
}

/**
 * Writes a Meltano project: the tap, a target that appends to files in `out`, and one that merges into Postgres. No plugin
 * has a pip_url, and each has its program, so that Meltano installs nothing and asks no hub.
 */
async function writeMeltanoProject(stage: Stage, postgresPort: number): Promise<void> {
  const adapter = fileURLToPath(new URL('tap_airbyte_0_0_2.py', import.meta.url));
  const python = join(await environment('tap-airbyte'), 'python');
  const tap = stage.file('tap-airbyte', `#!/bin/sh\nexec '${python}' '${adapter}' "$@"\n`);
  chmodSync(tap, 0o755);
  stage.file('out/.keep', '');
  const extractor = {
    name: 'tap-airbyte',
    namespace: 'tap_airbyte',
    executable: tap,
    capabilities: ['catalog', 'discover', 'state', 'about'],
    settings: [{ name: 'airbyte_config', kind: 'object' }],
    config: { airbyte_config: stage.config },
    // The tap does not see the cursor (it looks for `cursor_field`, not for `default_cursor_field`).
    metadata: Object.fromEntries(
      STREAMS.flatMap(({ name, default_cursor_field: cursor }) =>
        cursor === undefined ? [] : [[name, { 'replication-method': 'INCREMENTAL', 'replication-key': cursor[0] }]],
      ),
    ),
  };
  const jsonl = await loader('target-jsonl', { destination_path: 'out', do_timestamp_file: false });
  const postgres = await loader('target-postgres', {
    host: '127.0.0.1',
    port: postgresPort,
    user: 'postgres',
    password: 'any',
    database: 'postgres',
    default_target_schema: SCHEMA,
    load_method: 'upsert',
  });
  // JSON is YAML.
  stage.file('meltano.yml', {
    version: 1,
    default_environment: 'dev',
    send_anonymous_usage_stats: false,
    environments: [{ name: 'dev' }],
    plugins: { extractors: [extractor], loaders: [jsonl, postgres] },
  });
}

async function loader(name: 'target-jsonl' | 'target-postgres', config: Record<string, unknown>): Promise<object> {
  const kinds: Record<string, string> = { number: 'integer', boolean: 'boolean' };
  return {
    name,
    namespace: name.replace('-', '_'),
    executable: join(await environment(name), name),
    settings: Object.entries(config).map(([key, value]) => ({ name: key, kind: kinds[typeof value] ?? 'string' })),
    config,
  };
}
