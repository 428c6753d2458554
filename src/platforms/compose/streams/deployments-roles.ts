import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedRows } from '../envelope.ts';
import { listOfObjects, text } from '../../../core/fields.ts';
import { defineStream } from '../../../core/stream.ts';

/** `GET /deployments/{id}/roles` (compose-api.md 9.12). Its rows hold neither an id nor the deployment. */
export const deploymentsRoles = defineStream({
  name: 'deployments_roles',
  description: 'Which users have which role on each deployment.',
  slices: eachDeployment,
  first: (slice) => ofDeployment(slice, 'roles'),
  rows: (body, { path }) => embeddedRows(body, 'roles', path),
  primaryKey: 'id',
  keyParts: ['deployment_id', 'name'],
  keyNeeds: ['name'],
  fields: {
    id: text('Made by the connector: deployment_id/name.'),
    deployment_id: text('Id of the deployment.'),
    name: text('Name of the role, such as admin, manager or developer.'),
    users: listOfObjects('The users who have it.', { id: text('Id of the user.'), name: text('Name of the user.') }),
  },
});
