import { STREAM_NAMES } from '../../sandbox/server.ts';
import { PROGRAM } from '../run-connector.ts';
import { INCREMENTAL, makeNews } from './news.ts';
import { PythonClient } from './python-client.ts';
import { pinned } from './python-environments.ts';
import type { ClientTest } from './stage.ts';

export const serverless: ClientTest = {
  name: 'serverless',
  title: `airbyte_serverless ${pinned('clients', 'airbyte-serverless')}, the executable, into files`,
  run: async (stage) => {
    const { sandbox, report } = stage;
    // It is a command for a shell.
    const client = await PythonClient.start(stage, 'serverless.py', [
      `'${PROGRAM}'`,
      stage.file('config.json', stage.config),
    ]);
    try {
      const template = await client.ask<string>('template');
      report.same('config template: names the token', /^ {4}api_token: .*REQUIRED/m.test(template), true);
      report.same('check: SUCCEEDED', await client.ask('check'), { status: 'SUCCEEDED' });
      report.same('streams: all sixteen', await client.ask('streams'), [...STREAM_NAMES]);
      const first = await client.ask<{ stream: string }>('first_record');
      report.same(`first record: one of ${first.stream}`, STREAM_NAMES.includes(first.stream as 'teams'), true);

      report.counts('first run', await client.ask('run'), sandbox.counts(), INCREMENTAL);
      const { expected } = await makeNews(sandbox);
      report.counts('second run, only news', await client.ask('run'), expected, INCREMENTAL);
    } finally {
      await client.close();
    }
  },
};
