import { streamsOf } from '../../../core/stream/stream.ts';
import { POLICIES, grantFields } from '../account/grants.ts';
import type { IbmCloudShared } from '../shared.ts';

/** `GET /v2/policies` (icd-api.md 2.7): those for users, service IDs and profiles. */
export const deploymentsRoles = streamsOf<IbmCloudShared>()({
  name: 'deployments_roles',
  description: 'Which users, service IDs and profiles have which role on databases, by which policy.',
  retrieval: {
    way: 'shared',
    path: POLICIES,
    async load({ grants }) {
      const { rows, requests } = await grants('deployments_roles');
      return { rows: rows.iam_id, requests };
    },
  },
  primaryKey: 'id',
  dropped: [],
  fields: grantFields('iam_id', 'IAM id of the user, service ID or profile that has the role.'),
});
