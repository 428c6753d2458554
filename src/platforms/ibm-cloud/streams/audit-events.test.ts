import { expect, test } from 'vitest';
import { openApi } from '../../../../test-support/unit/instances.ts';
import { Accounts } from '../account/accounts.ts';
import { ibmCloudConfig } from '../config.ts';
import { auditEvents } from './audit-events.ts';

test('each Logs instance is requested in its region, at its own origin', async () => {
  const crn = 'crn:v1:bluemix:public:logs:eu-de:a/0a1b:10000000-0000-4000-8000-000000000001::';
  const config = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k', logs_instances: [crn] });
  const { retrieval } = auditEvents;
  if (retrieval.way !== 'window') throw new Error('the stream is not read in time windows');
  const accounts = new Accounts(
    config,
    openApi(() => ({})),
  );
  const { chosen } = await retrieval.partitions(accounts);
  const origin = 'https://10000000-0000-4000-8000-000000000001.api.eu-de.logs.cloud.ibm.com';
  expect(chosen).toEqual([{ id: crn, label: `Logs instance ${crn}`, origin, fields: { logs_instance: crn } }]);
  const window = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' };
  const requests = chosen.map((partition) => retrieval.request({ ...partition, account: '0a1b' }, window));
  expect(requests).toEqual([expect.objectContaining({ origin, account: '0a1b', path: 'v1/query' })]);
});
