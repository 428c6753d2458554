import { listOfObjects, text } from '../../../core/stream/fields.ts';
import { composeStream, perDeployment } from '../stream.ts';

/** `GET /deployments/{id}/roles` (compose-api.md 9.12). Rows don't contain their own id or the deployment's id. */
export const deploymentsRoles = composeStream({
  name: 'deployments_roles',
  description: 'Roles of each deployment and the users who have them.',
  retrieval: perDeployment('roles'),
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'name'], needs: ['name'] },
  fields: {
    id: text('Key generated for this stream: deployment_id/name.'),
    deployment_id: text('ID of the deployment.'),
    name: text('Name of the role, such as admin, manager or developer.'),
    users: listOfObjects('Users with the role.', { id: text('ID of the user.'), name: text('Name of the user.') }),
  },
});
