import { text } from '../../../core/stream/fields.ts';
import { composeStream, perDeployment } from '../stream.ts';

/** `GET /deployments/{id}/versions` (compose-api.md 9.15). */
export const deploymentsVersions = composeStream({
  name: 'deployments_versions',
  description: 'The versions that each deployment can be upgraded to.',
  retrieval: perDeployment('versions', 'transitions'),
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'from_version', 'to_version', 'method'], needs: ['to_version'] },
  fields: {
    id: text('Key generated for this stream: deployment_id/from_version/to_version/method.'),
    deployment_id: text('ID of the deployment.'),
    application: text('Database type.'),
    method: text('Upgrade method, such as in_place or restore.'),
    from_version: text('Current version.'),
    to_version: text('Target version.'),
  },
});
