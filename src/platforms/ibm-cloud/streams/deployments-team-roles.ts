import { grantFields, loadGrants } from '../account/grants.ts';
import { ibmStream } from '../account/account.ts';
import { POLICIES } from '../account/policy.ts';

/** `GET /v2/policies` (icd-api.md 2.7): the policies for access groups. */
export const deploymentsTeamRoles = ibmStream({
  name: 'deployments_team_roles',
  description: 'Roles that access policies grant to access groups on databases.',
  retrieval: {
    way: 'shared',
    path: POLICIES,
    async load(account) {
      const { rows, requests } = await account.once(loadGrants);
      return { rows: rows.access_group_id, requests };
    },
  },
  primaryKey: 'id',
  dropped: [],
  fields: grantFields('access_group_id', 'ID of the access group, as in teams.'),
});
