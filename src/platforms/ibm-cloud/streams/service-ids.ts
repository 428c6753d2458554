import { boolean, listOfTexts, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import {
  IDENTITY_VIEWER,
  LAST_LOGIN_FIELDS,
  everyServiceIdGroup,
  lastLogins,
  loadIdentities,
} from '../account/identities.ts';
import { logListed } from '../account/list.ts';

/** `GET /v1/serviceids` for each service ID group (icd-accounts-access.md 2.16). */
export const serviceIds = ibmStream({
  name: 'service_ids',
  description: 'The service IDs of the account.',
  needsOption: 'access_review',
  retrieval: {
    way: 'shared',
    path: 'v1/serviceids',
    load: loadServiceIds,
    detail: lastLogins('service ID', 'iam', ({ id }) => `v1/serviceids/${encodeURIComponent(String(id))}`),
  },
  primaryKey: 'id',
  dropped: ['crn', 'entity_tag', 'history'],
  fields: {
    id: text('ID of the service ID.'),
    iam_id: text('IAM ID of the service ID, as in the deployments_roles stream.'),
    group_id: text('ID of the service ID group.'),
    name: text('Name of the service ID.'),
    description: text('Description of the service ID.'),
    locked: boolean('Whether the service ID is locked against changes.'),
    unique_instance_crns: listOfTexts('CRNs of the service instances that the service ID was created for.'),
    created_at: timestamp('Creation time.'),
    modified_at: timestamp('Time of the last update to the service ID itself, not to its policies.'),
    ...LAST_LOGIN_FIELDS,
  },
});

async function loadServiceIds(account: Account): Promise<{ rows: Row[] }> {
  const groups = await everyServiceIdGroup(account);
  const filters = groups.map((group) => ({ ...group, show_group_id: 'true' }));
  const rows = await loadIdentities(account, 'service_ids', 'serviceids', IDENTITY_VIEWER, filters);
  logListed(account, rows.length, 'service ID', IDENTITY_VIEWER);
  return { rows };
}
