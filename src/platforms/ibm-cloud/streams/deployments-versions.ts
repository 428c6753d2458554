import { boolean, text } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { listIn, objectIn } from '../api/envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Partitions, ofDatabase } from '../account/partitions.ts';

const KEY = ['deployment_id', 'from_version', 'to_version', 'method'] as const;

/** `GET /deployments/{id}/capability/versions` (icd-api.md 2.3.10): what the version of a deployment can be changed to. */
export const deploymentsVersions = streamsOf<IbmCloudShared>()({
  name: 'deployments_versions',
  description: 'The versions that each deployment of generation 1 can be changed to.',
  retrieval: {
    way: 'partition',
    partitions: gen1Partitions,
    request: (partition) => ofDatabase(partition, '/capability/versions'),
    rows(body, { path }) {
      const versions = listIn(objectIn(body, 'capability', path), 'versions', path);
      return { rows: versions.flatMap(transitionsOf), warnings: [] };
    },
  },
  primaryKey: { field: 'id', madeOf: KEY, needs: ['deployment_id', 'to_version'] },
  dropped: [],
  fields: {
    id: text('Key made for this stream: deployment_id/from_version/to_version/method.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1: generation 2 does not tell.'),
    application: text('Type of database.'),
    method: text('How it is changed: in-place or restore.'),
    from_version: text('Version that it has.'),
    to_version: text('Version that it can get.'),
    skip_backup_supported: boolean('Whether that can be done without a backup before.'),
    status: text('How mature the version is that it has, such as stable or deprecated.'),
    is_preferred: boolean('Whether the version that it has is the recommended one.'),
  },
});

function transitionsOf(version: unknown): unknown[] {
  if (!isRow(version)) return [version];
  const { transitions = [], status, is_preferred, version: from, type } = version;
  const list = transitions === null ? [] : [transitions].flat();
  return list.map((transition: unknown) =>
    isRow(transition)
      ? completed(transition, { status, is_preferred, from_version: from, application: type })
      : transition,
  );
}

/** What the transition itself says goes before what its version says. */
function completed(transition: Row, { status, is_preferred, from_version, application }: Row): Row {
  return {
    ...transition,
    application: transition['application'] ?? application,
    from_version: transition['from_version'] ?? from_version,
    status,
    is_preferred,
  };
}
