import { STREAM_NAMES } from '../../sandbox/server.ts';
import buildImage from '../container/build-image.ts';
import { IMAGE } from '../container/docker.ts';
import { PROGRAM } from '../run-connector.ts';
import { INCREMENTAL, makeNews } from './news.ts';
import { PythonClient } from './python-client.ts';
import { pinned } from './python-environments.ts';
import type { Counts } from './report.ts';
import type { ClientTest, Stage } from './stage.ts';

const VERSION = pinned('clients', 'airbyte');

/** PyAirbyte starts the program itself, as anybody does who has it on disk. */
export const pyAirbyte: ClientTest = {
  name: 'pyairbyte',
  title: `PyAirbyte ${VERSION}, the executable, into DuckDB`,
  run: (stage) => readTwice(stage, 'executable', PROGRAM),
};

export const pyAirbyteImage: ClientTest = {
  name: 'pyairbyte-image',
  title: `PyAirbyte ${VERSION}, the image, into DuckDB`,
  run: async (stage) => {
    await buildImage();
    await readTwice(stage, 'image', IMAGE);
  },
};

async function readTwice(stage: Stage, kind: 'executable' | 'image', connector: string): Promise<void> {
  const { sandbox, report, folder } = stage;
  const config = stage.file('config.json', stage.config);
  stage.file('tmp/empty', '');
  const client = await PythonClient.start(stage, 'pyairbyte.py', [kind, connector, config], {
    // It asks no registry and tells nobody.
    AIRBYTE_OFFLINE_MODE: '1',
    AIRBYTE_PROJECT_DIR: folder,
    AIRBYTE_TEMP_DIR: `${folder}/tmp`,
    AIRBYTE_LOGGING_ROOT: `${folder}/log`,
  });
  try {
    report.same('check: SUCCEEDED', await client.ask('check'), 'SUCCEEDED');
    const refusal = await client.ask<string>('check_token', 'wrong');
    report.same(`check with a wrong token: "${refusal}"`, refusal.includes('token'), true);
    report.same('streams: all sixteen', await client.ask('streams'), [...STREAM_NAMES]);

    report.counts('first read', await client.ask('read'), sandbox.counts(), INCREMENTAL);
    report.counts('its tables', await rowsOfTables(client), sandbox.counts());

    const { expected, changed } = await makeNews(sandbox);
    const asked = sandbox.requests.length;
    report.counts('second read, only news', await client.ask('read'), expected, INCREMENTAL);
    const pages = sandbox.requests.slice(asked).filter(({ path }) => path === '/audit_events');
    report.same(
      'the API was asked for newer events only',
      pages.length > 0 && pages.every(({ query }) => 'newer_than' in query),
      true,
    );
    report.counts('its tables', await rowsOfTables(client), sandbox.counts(), INCREMENTAL);
    const recipe = `select strftime(updated_at, '%Y-%m-%dT%H:%M:%S.%gZ') from compose.deployments_recipes where id = '${changed.id}'`;
    report.same('a changed recipe has changed in its table', await client.ask('query', recipe), [[changed.updatedAt]]);
  } finally {
    await client.close();
  }
}

async function rowsOfTables(client: PythonClient): Promise<Counts> {
  const queries = STREAM_NAMES.map((name) => `select '${name}', count(*) from compose.${name}`);
  const rows = await client.ask<Array<[string, number]>>('query', queries.join(' union all '));
  return Object.fromEntries(rows);
}
