import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM } from '../run-connector.ts';
import { SCHEMA, writeMeltanoProject } from './meltano-project.ts';
import { INCREMENTAL, makeNews } from './news.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { CLIENT_ENV, endOf, outputOf } from './programs.ts';
import { environment, pinned } from './python-environments.ts';
import type { Counts } from './report.ts';
import type { ClientTest, Stage } from './stage.ts';

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
    ...CLIENT_ENV,
    CONNECTOR: JSON.stringify([PROGRAM]),
    MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const call = (...args: string[]): Promise<string> => outputOf(program, args, { cwd: folder, env });
  const runBoth = async (): Promise<void> => {
    for (const target of ['target-jsonl', 'target-postgres']) await call('run', 'tap-airbyte', target);
  };

  // Its exit code is 0 however the check ends.
  const { stdout, stderr } = await endOf(program, ['invoke', 'tap-airbyte', '--test'], { cwd: folder, env });
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
