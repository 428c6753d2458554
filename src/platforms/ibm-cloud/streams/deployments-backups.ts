import { boolean, number, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import type { Partition, Partitions } from '../../../core/retrieval/partitions.ts';
import { toUtcText } from '../../../core/record/timestamp.ts';
import { rowsIn } from '../api/envelope.ts';
import type { IndependentBackup } from '../account/instance.ts';
import { labelOf } from '../account/inventory.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1PartitionsOf, ofDatabase } from '../account/partitions.ts';

/** What a backup stays: of generation 1 the first three, of generation 2, where it is the instance's state, the last three. */
const FINAL: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired', 'active', 'removed']);

/**
 * `GET /deployments/{id}/backups` (icd-api.md 2.3.4) of generation 1; those of generation 2 are instances themselves and stand
 * in the inventory (2.4.2). Either is listed for 30 days.
 */
export const deploymentsBackups = streamsOf<IbmCloudShared>()({
  name: 'deployments_backups',
  description: 'Backups of each deployment that are still kept.',
  retrieval: {
    way: 'partition',
    partitions: backedUpDatabases,
    request: (partition) => ofDatabase(partition, '/backups'),
    rows: (body, { path }) => rowsIn(body, 'backups', path),
    incremental: { cursorField: 'created_at', isFinal },
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  // Whoever has the link has the backup.
  dropped: ['download_link'],
  fields: {
    id: text('CRN of the backup.'),
    deployment_id: text('CRN of the deployment, which may be gone.'),
    generation: text('gen1 or gen2.'),
    name: text('Name; generation 2 only.'),
    type: text('What made it: scheduled or automatic, or on_demand.'),
    status: text('Whether it is finished: completed in generation 1, active in generation 2.'),
    is_downloadable: boolean('Whether it can be downloaded.'),
    is_restorable: boolean('Whether it can be restored.'),
    created_at: timestamp('When it was begun.'),
    updated_at: timestamp('When it last changed; generation 2 only.'),
    size_gb: number('Size in GB; generation 2 only.'),
    version: text('Version of the database; generation 2 only.'),
    can_be_deleted_after: text('Until when it has to be kept; generation 2 only.'),
  },
});

/** A partition for each database of generation 1, and one with its rows for each that has independent backups. */
async function backedUpDatabases(shared: IbmCloudShared): Promise<Partitions> {
  const { inventory, selection } = shared;
  const { deployments, backups, sourceless, all, incomplete } = await inventory.load();
  const asked = gen1PartitionsOf(deployments, shared);
  const own = new Set(asked.map(({ id }) => id));
  const known = backups.filter(({ id }) => !incomplete.has(id));
  const unknown = backups.filter(({ id }) => incomplete.has(id));
  const failures = unknown.flatMap((backup): Partition[] => {
    const failed = incomplete.get(backup.id);
    return failed === undefined ? [] : [{ id: backup.id, label: labelOf(backup, 'independent backup'), failed }];
  });
  // Any of them may turn out to belong to any database, and must not be below its mark by then.
  const ceiling = [...unknown, ...sourceless]
    .map(({ row }) => toUtcText(String(row['created_at'])) ?? '')
    .toSorted()[0];
  const bySource = Map.groupBy(known, ({ id, source }) => {
    // Two partitions of one id would share a mark, and the second would be skipped.
    if (source !== undefined && own.has(source)) return `${source} (independent)`;
    return source ?? id;
  });
  const brought = [...bySource].map(([id, ofIt]): Partition => {
    const [{ source } = { source: undefined }] = ofIt;
    const fields = { generation: 'gen2', ...(source !== undefined && { deployment_id: source }) };
    return { id, label: `independent backups of ${id}`, fields, rows: ofIt.map(rowOf), ceiling };
  });
  return {
    chosen: [...asked, ...brought, ...failures],
    all: all && new Set([...all, ...bySource.keys()]),
    isWhole: selection.isAll,
  };
}

/** A backup without its deployment was listed without its details, and gets them in a later sync. */
function isFinal({ status, deployment_id }: Row): boolean {
  return FINAL.has(status) && typeof deployment_id === 'string';
}

function rowOf({ id, row, backup }: IndependentBackup): Row {
  const { name, state, created_at, updated_at } = row;
  return {
    id,
    name,
    type: backup['type'] ?? null,
    status: state ?? null,
    is_downloadable: false,
    is_restorable: state === 'active',
    created_at,
    updated_at,
    size_gb: backup['size_gb'] ?? null,
    version: backup['version'] ?? null,
    can_be_deleted_after: backup['can_be_deleted_after'] ?? null,
  };
}
