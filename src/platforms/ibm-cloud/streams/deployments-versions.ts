import { boolean, text } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { perDeployment } from '../account/partitions.ts';
import { objectIn, rowsOf } from '../api/envelope.ts';

const KEY = ['deployment_id', 'from_version', 'to_version', 'method'] as const;

/** `GET /deployments/{id}/capability/versions` (icd-api.md 2.3.10): the current version and its upgrades. */
export const deploymentsVersions = ibmStream({
  name: 'deployments_versions',
  description: 'The versions that each generation 1 deployment can be upgraded to.',
  retrieval: {
    ...perDeployment('/capability/versions'),
    rows(body, { path }) {
      const versions = rowsOf(objectIn(body, 'capability', path), 'versions', path);
      return { rows: versions.flatMap(transitionsOf), warnings: [] };
    },
  },
  primaryKey: { field: 'id', madeOf: KEY, needs: ['deployment_id', 'to_version'] },
  fields: {
    id: text('Key generated for this stream: deployment_id/from_version/to_version/method.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text("Always gen1; IBM Cloud doesn't report generation 2 upgrades."),
    application: text('Database type.'),
    method: text('Upgrade method: in-place or restore.'),
    from_version: text('Current version.'),
    to_version: text('Target version.'),
    skip_backup_supported: boolean('Whether the upgrade can skip the backup.'),
    status: text('Support status of the current version, such as stable or deprecated.'),
    is_preferred: boolean('Whether the current version is the recommended version.'),
  },
});

function transitionsOf({ transitions, status, is_preferred, version, type }: Row): unknown[] {
  return [transitions ?? []].flat().map((transition: unknown) => {
    if (!isRow(transition)) return transition;
    const { application = type, from_version = version } = transition;
    return { ...transition, application, from_version, status, is_preferred };
  });
}
