import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IbmCloudSandbox, startSandbox } from '../../sandbox/server.ts';
import { ROOT } from '../../test-support/connector.ts';
import { blockOf, pageOf } from '../../test-support/pages.ts';
import { PYTHON_OPTIONS, environment, exampleEnvironment, requirementsOf } from '../../test-support/python.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { type Postgres, startPostgres } from '../clients/postgres.ts';
import { type } from './example.ts';

// Runs the commands of docs/meltano.md in order. Replaces the addresses of GitHub, the API and the database, and the folder on PATH.

const PAGE = pageOf('docs/meltano.md');

let folder: Workspace;
let postgres: Postgres;
let ibmCloud: IbmCloudSandbox;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = new Workspace('meltano-page').openToAll();
  postgres = await startPostgres(folder.folder);
  ibmCloud = await startSandbox({ platform: 'ibm_cloud' });
  const meltano = await exampleEnvironment('meltano');
  const targetJsonl = await environment('target-jsonl');
  env = {
    ...PYTHON_OPTIONS.env,
    PATH: [join(folder.folder, 'bin'), meltano, PYTHON_OPTIONS.env['PATH'], targetJsonl].join(delimiter),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${ROOT}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/source-compose/source-compose.git',
    IBM_CLOUD_API_KEY: ibmCloud.apiKey,
    MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
    PGPASSWORD: 'any',
    PGPORT: String(postgres.port),
    UV_CONSTRAINT: requirementsOf('target-postgres'),
    XDG_STATE_HOME: join(folder.folder, 'state'),
  };
});
afterAll(async () => {
  postgres.stop();
  await ibmCloud.close();
  folder.remove();
});

/** Runs the page's only code block that starts with `start`. */
function runBlock(start: string, cwd: string, change = (text: string): string => text): Promise<string> {
  return type(`set -e\n${change(blockOf(PAGE, start))}`, join(folder.folder, cwd), { ...PYTHON_OPTIONS, env });
}

const rowsIn = async (table: string): Promise<number> =>
  Number((await postgres.query(`select count(*) from compose.${table}`))[0]?.[0]);

test('the steps in docs/meltano.md lead from an empty folder to rows in Postgres, and its later sections work', async () => {
  // Skip the build, because integration_tests/install/readme.test.ts runs the same build.
  await runBlock('git clone', '.', (text) =>
    text
      .replaceAll('~/.local/bin', join(folder.folder, 'bin'))
      .replace('npm ci && npm run build', `cp -R ${join(ROOT, 'dist')} .`),
  );
  await runBlock('meltano init', '.');

  const project = 'compose-project';
  const file = join(folder.folder, project, 'meltano.yml');
  const set = (text: string): void => writeFileSync(file, text);
  // Point the tap at the sandbox, and deselect audit events, which are limited to ten queries a minute.
  const { endpoints } = ibmCloud.config['platform'] as { endpoints: object };
  set(
    readFileSync(file, 'utf8').replace(
      /^( +)- name: tap-compose\n/m,
      (line, indent: string) => `${line}${indent}  config: ${JSON.stringify({ 'platform.endpoints': endpoints })}\n`,
    ),
  );
  expect(await runBlock('meltano config set tap-compose platform.name ibm_cloud', project)).toContain('valid');

  const loader = blockOf(PAGE, 'loaders:').replace('port: 5432', `port: ${postgres.port}`);
  set(readFileSync(file, 'utf8').replace('plugins:\n', `plugins:\n${loader.replaceAll(/^(?=.)/gm, '  ')}`));
  await runBlock('meltano install', project);
  const { deployments } = ibmCloud.counts();
  expect(await runBlock('meltano run', project)).toContain(` ${deployments}\n`);

  expect(await runBlock('meltano select', project)).toMatch(/\[selected *\] billables\./);
  expect(await runBlock('meltano state get', project)).toContain('"bookmarks"');
  expect(await rowsIn('teams')).toBe(ibmCloud.counts().teams);
  await postgres.query(blockOf(PAGE, 'delete from'));
  expect(await rowsIn('teams')).toBe(ibmCloud.counts().teams);
});

test('the tap works without Meltano', async () => {
  const sandbox = await startSandbox({ auditEvents: 30, deployments: 1 });
  try {
    const platform = { name: 'compose', api_token: sandbox.token, base_url: sandbox.baseUrl };
    folder.put('shell/config.json', { platform });
    await runBlock('tap-compose --config', 'shell');
    const state = JSON.parse(readFileSync(join(folder.folder, 'shell', 'state.json'), 'utf8')) as object;
    expect(state).toHaveProperty('bookmarks.audit_events');
  } finally {
    await sandbox.close();
  }
});
