import { expect, test } from 'vitest';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT } from '../../../../test-support/unit/instances.ts';
import { resourceGroups } from './resource-groups.ts';

test('the record of a resource group contains no links', async () => {
  const group = {
    id: 'g1',
    crn: 'crn:group',
    account_id: ACCOUNT,
    name: 'default',
    state: 'ACTIVE',
    default: true,
    quota_id: 'q',
    quota_url: '/v2/quota',
    payment_methods_url: '/v2/payment',
    teams_url: '/v2/teams',
    resource_linkages: [{ resource_id: 'x' }],
    created_at: '2026-07-17T06:41:51.267Z',
    updated_at: '2026-07-17T06:41:51Z',
  };
  const { stream, printed } = openIbmRead(resourceGroups, {
    answers: { resource_groups: { resources: [group] } },
  });
  await stream.toEnd();
  expect(printed.rows).toEqual([
    {
      id: 'g1',
      crn: 'crn:group',
      account_id: ACCOUNT,
      name: 'default',
      state: 'ACTIVE',
      default: true,
      quota_id: 'q',
      created_at: '2026-07-17T06:41:51.267Z',
      updated_at: '2026-07-17T06:41:51.000Z',
    },
  ]);
  expect(printed.logged('WARN')).toEqual([]);
});
