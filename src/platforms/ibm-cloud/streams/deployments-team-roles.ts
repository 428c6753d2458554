import { grantsTo } from '../account/grants.ts';
import { ibmStream } from '../account/ibm-stream.ts';

/** `GET /v2/policies` (icd-api.md 2.7): the policies for access groups. */
export const deploymentsTeamRoles = ibmStream({
  name: 'deployments_team_roles',
  description: 'IAM roles on databases, granted to access groups by access policies.',
  ...grantsTo('access_group_id', 'ID of the access group, as in the teams stream.'),
});
