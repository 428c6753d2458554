import type { ComposeShared } from '../shared.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedRows } from '../envelope.ts';
import { text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /deployments/{id}/versions` (compose-api.md 9.15): changes of version that are possible. Named `transitions`. */
export const deploymentsVersions = streamsOf<ComposeShared>()({
  name: 'deployments_versions',
  description: 'Changes of version that each deployment could make now; not a history.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'versions'),
    rows: (body, { path }) => embeddedRows(body, 'transitions', path),
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'from_version', 'to_version', 'method'], needs: ['to_version'] },
  fields: {
    id: text('Made by the connector: deployment_id/from_version/to_version/method.'),
    deployment_id: text('Id of the deployment.'),
    application: text('Type of database.'),
    method: text('How the change is made, such as in_place or restore.'),
    from_version: text('The version now.'),
    to_version: text('The version afterwards.'),
  },
});
