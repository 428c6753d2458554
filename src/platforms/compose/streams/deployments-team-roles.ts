import { listOfObjects, text } from '../../../core/stream/fields.ts';
import { composeStream, perDeployment } from '../stream.ts';

/** `GET /deployments/{id}/team_roles` (compose-api.md 9.14). Rows don't contain their own id or the deployment's id. */
export const deploymentsTeamRoles = composeStream({
  name: 'deployments_team_roles',
  description: 'Roles of each deployment and the teams that have them.',
  retrieval: perDeployment('team_roles'),
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'name'], needs: ['name'] },
  fields: {
    id: text('Key generated for this stream: deployment_id/name.'),
    deployment_id: text('ID of the deployment.'),
    name: text('Name of the role, such as admin, manager or developer.'),
    teams: listOfObjects('Teams with the role.', {
      id: text('ID of the team.'),
      name: text('Name of the team.'),
      users: listOfObjects('Users of the team, if the API returns them.', {
        id: text('ID of the user.'),
        name: text('Name of the user.'),
      }),
    }),
  },
});
