import { boolean, text, timestamp } from '../../../core/stream/fields.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { RESOURCE_GROUPS, loadResourceGroups } from '../account/resource-groups.ts';

/** `GET /v2/resource_groups` (icd-api.md 2.2). */
export const resourceGroups = ibmStream({
  name: 'resource_groups',
  description: 'The resource groups that the API key can view.',
  retrieval: {
    way: 'shared',
    path: RESOURCE_GROUPS,
    load: async (account) => ({ rows: await account.once(loadResourceGroups) }),
  },
  primaryKey: 'id',
  dropped: ['quota_url', 'payment_methods_url', 'teams_url', 'resource_linkages'],
  fields: {
    id: text('ID of the resource group.'),
    crn: text('CRN of the resource group.'),
    name: text('Name of the resource group.'),
    state: text('State of the resource group, such as ACTIVE.'),
    default: boolean("Whether the resource group is the account's default resource group."),
    quota_id: text('ID of the quota that applies to the resource group.'),
    created_at: timestamp('Creation time.'),
    updated_at: timestamp('Time of the last update.'),
  },
});
