import type { ComposeShared } from '../shared.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedRows } from '../envelope.ts';
import { listOfObjects, text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /deployments/{id}/team_roles` (compose-api.md 9.14). Its rows hold neither an id nor the deployment. */
export const deploymentsTeamRoles = streamsOf<ComposeShared>()({
  name: 'deployments_team_roles',
  description: 'Which teams have which role on each deployment.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'team_roles'),
    rows: (body, { path }) => embeddedRows(body, 'team_roles', path),
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'name'], needs: ['name'] },
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
