import { streamsOf } from '../../../core/stream/stream.ts';
import { POLICIES, grantFields } from '../account/grants.ts';
import type { IbmCloudShared } from '../shared.ts';

/** `GET /v2/policies` (icd-api.md 2.7): those for access groups. */
export const deploymentsTeamRoles = streamsOf<IbmCloudShared>()({
  name: 'deployments_team_roles',
  description: 'Which access groups have which role on databases, by which policy.',
  retrieval: {
    way: 'shared',
    path: POLICIES,
    async load({ grants }) {
      const { rows, requests } = await grants('deployments_team_roles');
      return { rows: rows.access_group_id, requests };
    },
  },
  primaryKey: 'id',
  dropped: [],
  fields: grantFields('access_group_id', 'Id of the access group that has the role, as in teams.'),
});
