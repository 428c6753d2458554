import type { ComposeShared } from '../shared.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedRows } from '../envelope.ts';
import { listOfObjects, text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /deployments/{id}/roles` (compose-api.md 9.12). Its rows hold neither an id nor the deployment. */
export const deploymentsRoles = streamsOf<ComposeShared>()({
  name: 'deployments_roles',
  description: 'Which users have which role on each deployment.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'roles'),
    rows: (body, { path }) => embeddedRows(body, 'roles', path),
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'name'], needs: ['name'] },
  fields: {
    id: text('Made by the connector: deployment_id/name.'),
    deployment_id: text('Id of the deployment.'),
    name: text('Name of the role, such as admin, manager or developer.'),
    users: listOfObjects('The users who have it.', { id: text('Id of the user.'), name: text('Name of the user.') }),
  },
});
