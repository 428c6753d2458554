import { upTo } from '../noise.ts';
import { madeUpHex } from '../noise.ts';
import type { Row } from '../platform.ts';
import { DAY, type World, accountId, iso } from './world.ts';

const NAMES = ['Default', 'production', 'Entwicklung für "neu"'] as const;

/** The ids of the resource groups that instances belong to. */
export function resourceGroupIds(world: World): string[] {
  return upTo(NAMES.length).map((index) => madeUpHex(world.seed, 440 + index, 32));
}

/** The resource groups of the account (icd-api.md, 2.2). */
export function resourceGroups(world: World): Row[] {
  const account = accountId(world);
  return resourceGroupIds(world).map((id, index) => ({
    id,
    crn: `crn:v1:bluemix:public:resource-controller::a/${account}::resource-group:${id}`,
    account_id: account,
    name: NAMES[index],
    state: 'ACTIVE',
    default: index === 0,
    quota_id: 'a3d7b8d01e261c24677937c29ab33f3c',
    quota_url: '/v2/quota_definitions/a3d7b8d01e261c24677937c29ab33f3c',
    payment_methods_url: `/v2/resource_groups/${id}/payment_methods`,
    teams_url: `/v2/resource_groups/${id}/teams`,
    resource_linkages: [],
    created_at: iso(world.clock.start - (900 - index) * DAY),
    updated_at: iso(world.clock.start - (300 - index) * DAY),
  }));
}
