import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedRows } from '../envelope.ts';
import { listOfObjects, text } from '../../../core/fields.ts';
import { defineStream } from '../../../core/stream.ts';

/** `GET /deployments/{id}/team_roles` (compose-api.md 9.14). Its rows hold neither an id nor the deployment. */
export const deploymentsTeamRoles = defineStream({
  name: 'deployments_team_roles',
  description: 'Which teams have which role on each deployment.',
  slices: eachDeployment,
  first: (slice) => ofDeployment(slice, 'team_roles'),
  rows: (body, { path }) => embeddedRows(body, 'team_roles', path),
  primaryKey: 'id',
  keyParts: ['deployment_id', 'name'],
  keyNeeds: ['name'],
  fields: {
    id: text('Made by the connector: deployment_id/name.'),
    deployment_id: text('Id of the deployment.'),
    name: text('Name of the role, such as admin, manager or developer.'),
    teams: listOfObjects('The teams that have it.', {
      id: text('Id of the team.'),
      name: text('Name of the team.'),
      users: listOfObjects('Its users, where the API gives them.', {
        id: text('Id of the user.'),
        name: text('Name of the user.'),
      }),
    }),
  },
});
