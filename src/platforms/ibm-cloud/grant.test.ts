import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusal } from '../../../test-support/unit/fake-api.ts';
import { openIbmRead } from '../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row, instancesBody, openApi } from '../../../test-support/unit/instances.ts';
import type { ConnectorError } from '../../core/failure/errors.ts';
import { Accounts } from './account/accounts.ts';
import { ibmCloudConfig } from './config.ts';
import { grant } from './grant.ts';
import { deploymentsRestrictions } from './streams/deployments-restrictions.ts';
import { streams } from './streams/index.ts';

test.each(['account', 'resource_groups'])('the docs contain each grant command (billing: %s)', async (billing) => {
  const docs = ['', '-streams'].map((page) =>
    readFileSync(new URL(`../../../docs/sources/ibm-cloud${page}.md`, import.meta.url), 'utf8'),
  );
  const config = { name: 'ibm_cloud', api_key: 'k', billing, logs_instances: [crnOf(1, 'logs')] };
  const api = openApi(() => instancesBody([gen1Row(1)]));
  const accounts = new Accounts(ibmCloudConfig.parse(config), api);
  for (const { name } of streams) {
    const command = (await grant(name, accounts, { error: refusal(403) }))
      ?.replace('SERVICE_ID', 'source-compose')
      .replace('databases-for-postgresql', '"$service"')
      .replace(/(?<=--service-instance )\S+/, 'GUID');
    expect(docs.join('\n'), name).toContain(command);
  }
});

test('if the request for the resource groups is rejected, the command grants a role on them for any stream', async () => {
  const accounts = new Accounts(
    ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k' }),
    openApi(() => instancesBody([gen1Row(1)])),
  );
  const commandFor = (path: string): Promise<string | undefined> =>
    grant('deployments', accounts, { error: refusal(403, path) });
  expect(await commandFor('v2/resource_groups')).toContain('--roles Viewer --resource-type resource-group');
  expect(await commandFor('v3/resources/search')).toContain('--roles Viewer --service-name databases-for-postgresql');
});

const PROFILE = `crn:v1:bluemix:public:iam-identity::a/${ACCOUNT}::profile:Profile-${crnOf(1).split(':')[7]}`;
const ZONED = {
  id: 'r',
  resources: [{ attributes: [{ name: 'serviceName', value: 'databases-for-redis' }] }],
  contexts: [{ attributes: [{ name: 'networkZoneId', value: 'z1' }] }],
};

test.each([
  ['rules', [], 'databases-for-postgresql'],
  ['rules', [PROFILE], 'databases-for-postgresql'],
  ['z1', [PROFILE], 'context-based-restrictions'],
])(
  'if the request for %s is rejected (trusted_profiles: %j), the command grants the Viewer role on %s',
  async (end, crns, service) => {
    const answers = { rules: { rules: [ZONED] }, [end]: 403 };
    const { stream } = openIbmRead(deploymentsRestrictions, { answers, config: { trusted_profiles: crns } });
    const error = (await stream.toEnd().catch((thrown: unknown) => thrown)) as ConnectorError;
    const { shared } = stream.reader.session;
    const command = await grant('deployments_restrictions', shared as Accounts, { error });
    expect(command).toContain(`--roles Viewer --service-name ${service} --force`);
  },
);
