import { text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { isDatabaseService } from '../account/instance.ts';
import { loadList } from '../account/list.ts';
import { parseCrn } from '../api/crn.ts';
import { textIn } from '../api/envelope.ts';

const STREAM = 'deployments_reclamations';
const RECLAMATIONS = 'v1/reclamations';

/** `GET /v1/reclamations` (icd-accounts-access.md 2.22), which has no pagination. */
export const deploymentsReclamations = ibmStream({
  name: STREAM,
  description:
    'Deleted deployments and independent backups that can still be restored. IBM Cloud keeps them for three days.',
  retrieval: { way: 'shared', path: RECLAMATIONS, load },
  primaryKey: 'id',
  dropped: ['entity_id', 'entity_type_id', 'entity_crn', 'resource_instance_id', 'policy_id', 'custom_properties'],
  fields: {
    id: text('ID of the reclamation.'),
    deployment_id: text('CRN of the deleted deployment or independent backup.'),
    resource_group_id: text('ID of the resource group.'),
    state: text('State of the reclamation, such as SCHEDULED.'),
    target_time: timestamp('Time at which the deployment or backup will be permanently deleted.'),
    created_at: timestamp('Time at which the deployment or backup was deleted.'),
    created_by: text('IAM ID of the user or service ID that deleted the deployment or backup.'),
    updated_at: timestamp('Time of the last update.'),
    updated_by: text('IAM ID of the identity that last updated the reclamation.'),
  },
});

async function load(account: Account): Promise<{ rows: Row[] }> {
  const { resource_group_ids } = account.config;
  const query = { account_id: await account.requireId() };
  const request = { stream: STREAM, endpoint: 'resource_controller', path: RECLAMATIONS, query } as const;
  const all = await loadList(account, { ...request, list: 'resources' });
  const rows = all.map((row) => ({ ...row, deployment_id: textIn(row, 'entity_crn', RECLAMATIONS) }));
  return { rows: rows.filter(isSelected) };

  function isSelected({ deployment_id, ...row }: Row & { deployment_id: string }): boolean {
    const isInGroup = resource_group_ids.length === 0 || resource_group_ids.includes(String(row['resource_group_id']));
    const { service = '' } = parseCrn(deployment_id) ?? {};
    return isDatabaseService(service) && account.hasDeployment(deployment_id) && isInGroup;
  }
}
