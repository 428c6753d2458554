import { unexpectedBody } from '../../../core/failure/errors.ts';
import { text, timestamp } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { accountId } from '../account/account-id.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { isDatabaseService } from '../account/instance.ts';
import { parseCrn } from '../api/crn.ts';
import { rowsOfOnlyPage } from '../api/pages.ts';
import { textOf } from '../api/values.ts';

const RECLAMATIONS = 'v1/reclamations';

/** `GET /v1/reclamations` (icd-accounts-access.md 2.22), which has no pagination. */
export const deploymentsReclamations = ibmStream({
  name: 'deployments_reclamations',
  description: 'Deleted deployments that can still be restored. IBM Cloud keeps them for three days.',
  retrieval: { way: 'shared', path: RECLAMATIONS, load },
  primaryKey: 'id',
  dropped: ['entity_id', 'entity_type_id', 'entity_crn', 'resource_instance_id', 'policy_id', 'custom_properties'],
  fields: {
    id: text('ID of the reclamation.'),
    deployment_id: text('CRN of the deleted deployment or independent backup.'),
    resource_group_id: text('ID of the resource group.'),
    state: text('State of the reclamation, such as SCHEDULED.'),
    target_time: timestamp('Time at which the deployment is deleted permanently.'),
    created_at: timestamp('Time of the deletion.'),
    created_by: text('IAM ID of the user or service ID that deleted the deployment.'),
    updated_at: timestamp('Time of the last update.'),
    updated_by: text('IAM ID of the last modifier.'),
  },
});

async function load(account: Account): Promise<{ rows: Row[]; requests: number }> {
  const { api, config, selection } = account;
  const query = { account_id: await account.once(accountId) };
  const request = { origin: config.endpoints.resource_controller, path: RECLAMATIONS, query };
  const all = rowsOfOnlyPage(await api.get(request, 'deployments_reclamations'), 'resources', RECLAMATIONS);
  const rows = all.map((row) => {
    const deployment_id = textOf(row['entity_crn']);
    if (deployment_id === undefined) throw unexpectedBody(RECLAMATIONS, 'a reclamation has no entity_crn');
    return { ...row, deployment_id };
  });
  return { rows: rows.filter(isSelected), requests: 1 };

  function isSelected(row: Row & { deployment_id: string }): boolean {
    const id = row.deployment_id;
    const groups = selection.resourceGroupIds;
    const isInGroup = groups.length === 0 || groups.includes(String(row['resource_group_id']));
    return isDatabaseService(parseCrn(id)?.service ?? '') && selection.hasDeployment(id) && isInGroup;
  }
}
