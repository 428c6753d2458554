import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { crnOf, gen1Row, instancesBody, openApi } from '../../../test-support/unit/instances.ts';
import { Accounts } from './account/accounts.ts';
import { ibmCloudConfig } from './config.ts';
import { grant } from './grant.ts';
import { streams } from './streams/index.ts';

test.each(['account', 'resource_groups'])('the docs contain each grant command (billing: %s)', async (billing) => {
  const docs = ['', '-streams'].map((page) =>
    readFileSync(new URL(`../../../docs/sources/ibm-cloud${page}.md`, import.meta.url), 'utf8'),
  );
  const config = { name: 'ibm_cloud', api_key: 'k', billing, logs_instances: [crnOf(1, 'logs')] };
  const api = openApi(() => instancesBody([gen1Row(1)]));
  const accounts = new Accounts(ibmCloudConfig.parse(config), api);
  for (const { name } of streams) {
    const command = (await grant(name, accounts, 'rejected'))
      ?.replace('SERVICE_ID', 'source-compose')
      .replace('databases-for-postgresql', '"$service"')
      .replace(/(?<=--service-instance )\S+/, 'GUID');
    expect(docs.join('\n'), name).toContain(command);
  }
});
