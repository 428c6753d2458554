import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ProcessOptions, run } from '../../test-support/processes.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { type } from './example.ts';
import { baseImages, overlay } from './images.ts';
import { EXAMPLES, blockOf, linesOf } from './page.ts';

const FOLDER = join(EXAMPLES, 'compose');

// The example doesn't set the options that make these streams available.
const NOT_READ = ['api_keys', 'audit_events', 'service_ids', 'trusted_profiles', 'users'];

test("the containers load the sandbox's data into Postgres, and resume from the saved state", async () => {
  const workspace = new Workspace('example-compose');
  const env = {
    ...process.env,
    ...(await baseImages()),
    COMPOSE_PROJECT_NAME: 'source-compose-example-test',
    COMPOSE_FILE: ['compose.yaml', workspace.put('overlay.yaml', overlay())].join(delimiter),
  };
  const options: ProcessOptions = { env, timeoutMs: 480_000 };
  try {
    const [load = '', look = ''] = linesOf('compose');
    const first = await countsLoaded(load, options);
    const months = await type(look, FOLDER, options);
    expect(months.match(/^ \d{4}-\d{2} \|/gm)).toHaveLength(13);

    const ask = `fetch('http://127.0.0.1:8322/_sandbox/counts').then((answer) => answer.text()).then(console.log)`;
    const held = JSON.parse(await type(`docker compose exec -T sandbox node -e "${ask}"`, FOLDER, options)) as Counts;
    const expected = Object.fromEntries(Object.entries(held).filter(([name]) => !NOT_READ.includes(name)));
    expect(first).toEqual(expected);
    expect(await rowsIn(Object.keys(expected), options)).toEqual(expected);

    const second = await countsLoaded(load, options);
    expect(second['deployments']).toBe(expected['deployments']);
    expect(second['billables']).toBeLessThan(expected['billables'] ?? 0);
    expect(await rowsIn(Object.keys(expected), options)).toEqual(expected);
  } finally {
    for (const line of blockOf('docker compose down')) await type(line, FOLDER, options);
    await type('docker compose down --rmi local', FOLDER, options);
    workspace.remove();
  }
});

type Counts = Record<string, number>;

/** Runs the command that loads the data. Returns each stream's record count from the tap's log. */
async function countsLoaded(line: string, options: ProcessOptions): Promise<Counts> {
  const { exitCode, stdout, stderr } = await run('sh', ['-c', line], { ...options, cwd: FOLDER });
  const said = stdout + stderr;
  expect(exitCode, said).toBe(0);
  return Object.fromEntries(
    [...said.matchAll(/^INFO (\w+): (\d+) records? /gm)].map(([, name, n]) => [name, Number(n)]),
  );
}

async function rowsIn(tables: readonly string[], options: ProcessOptions): Promise<Counts> {
  const counts = tables.map((table) => `select '${table}', count(*) from sandbox.${table}`).join(' union all ');
  const psql = `docker compose exec -T postgres psql -U postgres -XAt -F ' ' -c "${counts}"`;
  const rows = (await type(psql, FOLDER, options)).trim().split('\n');
  return Object.fromEntries(rows.map((row) => row.split(' ')).map(([table, n]) => [table, Number(n)]));
}
