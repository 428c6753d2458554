import { grantsTo } from '../account/grants.ts';
import { ibmStream } from '../account/ibm-stream.ts';

/** `GET /v2/policies` (icd-api.md 2.7): the policies for users, service IDs and trusted profiles. */
export const deploymentsRoles = ibmStream({
  name: 'deployments_roles',
  description: 'IAM roles on databases, granted to users, service IDs and trusted profiles by access policies.',
  ...grantsTo('iam_id', 'IAM ID of the user, service ID or trusted profile.'),
});
