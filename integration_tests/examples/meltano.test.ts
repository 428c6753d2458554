import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, exampleEnvironment, requirementsOf } from '../../test-support/python.ts';
import { startPostgres } from '../clients/postgres.ts';
import { copyExample, type } from './example.ts';
import { blockOf, linesOf } from './page.ts';
import { keysOf } from './sandbox-data.ts';

// The streams that meltano.yml selects.
const STREAMS = ['billables', 'deployments', 'deployments_backups', 'deployments_scalings'];

const READ_IDS = `
import csv, glob, json, sys
def ids(name):
    files = glob.glob(f"output/sandbox/{name}/*.csv")
    return len(files), sorted({row["id"] for file in files for row in csv.DictReader(open(file))})
print(json.dumps({name: ids(name) for name in sys.argv[1:]}))
`;

test("Meltano loads the sandbox's data into CSV files twice, and then into Postgres", async () => {
  const workspace = copyExample('meltano');
  const { folder } = workspace;
  const postgres = await startPostgres(folder);
  try {
    const bin = await exampleEnvironment('meltano');
    const env = {
      ...PYTHON_OPTIONS.env,
      PATH: [bin, PYTHON_OPTIONS.env['PATH']].join(delimiter),
      UV_CONSTRAINT: requirementsOf('target-postgres'),
      TARGET_POSTGRES_HOST: '127.0.0.1',
      TARGET_POSTGRES_PORT: String(postgres.port),
      XDG_STATE_HOME: join(folder, 'state'),
    };
    const options = { ...PYTHON_OPTIONS, env };
    for (const line of linesOf('meltano')) await type(line, folder, options);
    const expected = Object.fromEntries(
      await Promise.all(STREAMS.map(async (name) => [name, await keysOf(name)] as const)),
    );
    const expectRows = async (runs: number): Promise<void> => {
      const ids = await outputOf(join(bin, 'python'), ['-c', READ_IDS, ...STREAMS], { ...options, cwd: folder });
      expect(JSON.parse(ids)).toEqual(Object.fromEntries(STREAMS.map((name) => [name, [runs, expected[name]]])));
    };
    await expectRows(1);
    // An incremental sync emits only new rows, and the earlier rows must remain.
    for (const line of linesOf('meltano').slice(-1)) await type(line, folder, options);
    await expectRows(2);

    for (const line of blockOf('cp .env.example .env\nmeltano run')) await type(line, folder, options);
    for (const name of STREAMS) {
      const rows = await postgres.query(`select id from sandbox.${name}`);
      expect(rows.map(([id = '']) => id).toSorted(), name).toEqual(expected[name]);
    }
  } finally {
    postgres.stop();
    workspace.remove();
  }
});
