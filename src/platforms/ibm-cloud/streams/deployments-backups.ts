import { boolean, number, text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Partition, Partitions } from '../../../core/retrieval/partitions.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import type { IndependentBackup } from '../account/instance.ts';
import { loadInventory } from '../account/inventory.ts';
import { partitionsOf, reportOf } from '../account/partitions.ts';
import { rowsIn } from '../api/envelope.ts';
import { pick } from '../api/values.ts';

/** A backup's final statuses. In generation 2, the status is the state of the backup's instance: expired, active or removed. */
const FINAL: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired', 'active', 'removed']);

/** `GET /deployments/{id}/backups` (icd-api.md 2.3.4), and the inventory for generation 2 (2.4.2). Both list backups for 30 days. */
export const deploymentsBackups = ibmStream({
  name: 'deployments_backups',
  description: 'Available backups of each deployment.',
  retrieval: {
    way: 'partition',
    partitions: backedUpDeployments,
    request: (partition) => reportOf(partition, '/backups'),
    rows: (body, path) => rowsIn(body, 'backups', path),
    cursorField: 'created_at',
    isFinal,
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  // The link gives access to the backup's contents.
  dropped: ['download_link'],
  fields: {
    id: text('CRN of the backup.'),
    deployment_id: text('CRN of the deployment, which may have been deleted.'),
    generation: text('gen1 or gen2.'),
    name: text('Name of the backup. Generation 2 only.'),
    type: text('Backup type: scheduled, automatic or on_demand.'),
    status: text('Status, such as completed in generation 1 or active in generation 2.'),
    is_downloadable: boolean('Whether the backup can be downloaded.'),
    is_restorable: boolean('Whether the backup can be restored.'),
    created_at: timestamp('Start time of the backup.'),
    updated_at: timestamp('Time of the last update. Generation 2 only.'),
    size_gb: number('Size in GB. Generation 2 only.'),
    version: text('Database version. Generation 2 only.'),
    can_be_deleted_after: text('End of the retention period. Generation 2 only.'),
  },
});

/** One partition per generation 1 deployment, and another per deployment with independent backups. */
async function backedUpDeployments(account: Account): Promise<Partitions> {
  const { deployments, backups, all } = await account.once(loadInventory);
  const gen1 = partitionsOf(deployments, account);
  const ids = new Set(gen1.map(({ id }) => id));
  const bySource = Map.groupBy(backups, ({ id, source }) =>
    // Two partitions with the same id would share a cursor value.
    source !== undefined && ids.has(source) ? `${source} (independent)` : (source ?? id),
  );
  const independent = [...bySource].map(([id, group]): Partition => {
    const source = group[0]?.source;
    const fields = { generation: 'gen2', ...(source !== undefined && { deployment_id: source }) };
    return { id, label: `independent backups of ${id}`, fields, rows: group.map(rowOf) };
  });
  return {
    chosen: [...gen1, ...independent],
    all: all && new Set([...all, ...bySource.keys()]),
    isWhole: account.limits.length === 0,
  };
}

/** A backup without a deployment is not final, because IBM may add the missing details later. */
function isFinal({ status, deployment_id }: Row): boolean {
  return FINAL.has(status) && typeof deployment_id === 'string';
}

function rowOf({ id, row, account, backup }: IndependentBackup): Row {
  const { state = null } = row;
  return {
    id,
    account_id: account ?? null,
    status: state,
    is_downloadable: false,
    is_restorable: state === 'active',
    ...pick(row, ['name', 'created_at', 'updated_at']),
    ...pick(backup, ['type', 'size_gb', 'version', 'can_be_deleted_after']),
  };
}
