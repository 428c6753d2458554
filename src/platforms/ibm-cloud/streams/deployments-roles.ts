import { grantFields, loadGrants } from '../account/grants.ts';
import { ibmStream } from '../account/account.ts';
import { POLICIES } from '../account/policy.ts';

/** `GET /v2/policies` (icd-api.md 2.7): the policies for users, service IDs and trusted profiles. */
export const deploymentsRoles = ibmStream({
  name: 'deployments_roles',
  description: 'Roles that access policies grant to users, service IDs and trusted profiles on databases.',
  retrieval: {
    way: 'shared',
    path: POLICIES,
    async load(account) {
      const { rows, requests } = await account.once(loadGrants);
      return { rows: rows.iam_id, requests };
    },
  },
  primaryKey: 'id',
  dropped: [],
  fields: grantFields('iam_id', 'IAM ID of the user, service ID or trusted profile.'),
});
