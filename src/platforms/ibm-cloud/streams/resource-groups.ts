import { boolean, text, timestamp } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { type IbmCloudShared, RESOURCE_GROUPS } from '../shared.ts';

/** `GET /v2/resource_groups` (icd-api.md 2.2), which is not paged. */
export const resourceGroups = streamsOf<IbmCloudShared>()({
  name: 'resource_groups',
  description: 'The resource groups that the API key may view.',
  retrieval: {
    way: 'shared',
    path: RESOURCE_GROUPS,
    load: async (shared) => ({ rows: await shared.resourceGroups(), requests: 1 }),
  },
  primaryKey: 'id',
  dropped: ['quota_url', 'payment_methods_url', 'teams_url', 'resource_linkages'],
  fields: {
    id: text('Id of the resource group.'),
    crn: text('CRN of the resource group.'),
    account_id: text('Id of the account.'),
    name: text('Name of the resource group.'),
    state: text('State, such as ACTIVE.'),
    default: boolean('Whether it is the one that is used if none is named.'),
    quota_id: text('Id of its quota.'),
    created_at: timestamp('When it was made.'),
    updated_at: timestamp('When it last changed.'),
  },
});
