import { listOfObjects, object, text, timestamp } from '../../../core/stream/fields.ts';
import type { Account } from '../account/account.ts';
import { POLICIES, type SubjectKey, loadGrants } from '../account/grants.ts';
import { ibmStream } from '../account/ibm-stream.ts';

// `GET /v2/policies` (icd-api.md 2.7), which both streams share.

export const deploymentsRoles = ibmStream({
  name: 'deployments_roles',
  description: 'IAM roles on databases, granted to users, service IDs and trusted profiles by access policies.',
  ...grantsTo('iam_id', 'IAM ID of the user, service ID or trusted profile.'),
});

export const deploymentsTeamRoles = ibmStream({
  name: 'deployments_team_roles',
  description: 'IAM roles on databases, granted to access groups by access policies.',
  ...grantsTo('access_group_id', 'ID of the access group, as in the teams stream.'),
});

function grantsTo<K extends SubjectKey>(subject: K, description: string) {
  return {
    retrieval: {
      way: 'shared' as const,
      path: POLICIES,
      load: async (account: Account) => ({ rows: (await account.once(loadGrants))[subject] }),
    },
    primaryKey: 'id',
    fields: {
      id: text(`Key generated for this stream: policy_id/role/${subject}.`),
      policy_id: text('ID of the policy that grants the role.'),
      [subject]: text(description),
      subject_type: text('Kind of subject: user, service_id, profile, resource or access_group.'),
      name: text('Display name of the role, such as Viewer.'),
      role: text('Name of the role, as in its CRN.'),
      role_id: text('CRN of the role.'),
      scope: text('Scope of the policy: instance, resource_group, service or account.'),
      deployment_id: text('CRN of the deployment, if the policy is limited to a deployment that the API key can view.'),
      service_instance: text('GUID of the service instance, if the policy is limited to one instance.'),
      service_name: text('Name of the service, such as databases-for-postgresql; null for a policy on all services.'),
      resource_group_id: text('ID of the resource group, if the policy is limited to one group.'),
      region: text('Region that the policy is limited to.'),
      state: text('State of the policy, such as active.'),
      description: text('Description of the policy.'),
      resource_tags: listOfObjects('Access management tags that resources must have.', {
        key: text('Name of the tag.'),
        operator: text('Operator that compares the value.'),
        value: text('Value of the tag.'),
      }),
      time_condition: text('Pattern of a time-based condition.'),
      rule: object('Rule of a time-based condition.'),
      created_at: timestamp('Creation time of the policy.'),
      created_by_id: text('IAM ID of the creator.'),
      last_modified_at: timestamp('Time of the last modification.'),
      last_modified_by_id: text('IAM ID of the last modifier.'),
    } as const,
  };
}
