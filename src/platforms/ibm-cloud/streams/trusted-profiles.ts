import { boolean, integer, listOfObjects, listOfTexts, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { IDENTITY_VIEWER, LAST_LOGIN_FIELDS, lastLogins, loadIdentities } from '../account/identities.ts';
import { loadList, addLists, logListed } from '../account/list.ts';

/** The lists of a profile that show who can assume it. None of these lists is paginated. */
const PARTS = ['identities', 'links', 'rules'] as const;

/** `GET /v1/profiles`, and the identities, links and rules of each profile (icd-accounts-access.md 2.18). */
export const trustedProfiles = ibmStream({
  name: 'trusted_profiles',
  description: 'The trusted profiles of the account, and who can assume them.',
  needsOption: 'access_review',
  retrieval: {
    way: 'shared',
    path: 'v1/profiles',
    load: loadProfiles,
    detail: lastLogins('trusted profile', 'iam', ({ id }) => `v1/profiles/${encodeURIComponent(String(id))}`),
  },
  primaryKey: 'id',
  dropped: [
    ...['crn', 'email', 'entity_tag', 'history', 'ims_account_id', 'ims_user_id'],
    ...['id', 'created_at', 'modified_at', 'entity_tag', 'component_type', 'component_name'].map((f) => `links[].${f}`),
    ...['id', 'created_at', 'modified_at', 'entity_tag'].map((field) => `rules[].${field}`),
  ],
  fields: {
    id: text('ID of the trusted profile.'),
    iam_id: text('IAM ID of the trusted profile, as in the deployments_roles stream.'),
    name: text('Name of the trusted profile.'),
    description: text('Description of the trusted profile.'),
    template_id: text('ID of the template. Null if no enterprise manages the profile.'),
    assignment_id: text('ID of the template assignment. Null if no enterprise manages the profile.'),
    identities: listOfObjects(
      'Identities that can assume the profile. Null if IBM Cloud rejects the request for the identities.',
      {
        type: text('Identity type: user, serviceid or crn.'),
        iam_id: text('IAM ID of the identity.'),
        identifier: text('Identifier of the identity, such as the ID of a service ID.'),
        accounts: listOfTexts('IDs of the accounts from which the user can assume the profile.'),
        description: text('Description of the identity.'),
      },
    ),
    links: listOfObjects(
      'Compute resources that can assume the profile. Null if IBM Cloud rejects the request for the resources.',
      {
        cr_type: text('Compute resource type, such as VSI or ROKS_SA.'),
        crn: text('CRN of the compute resource.'),
        namespace: text('Namespace of the compute resource.'),
        name: text('Name of the compute resource.'),
        is_cross_account: boolean('Whether the compute resource belongs to another account.'),
      },
    ),
    rules: listOfObjects(
      'Rules that let federated users and compute resources assume the profile. Null if IBM Cloud rejects the request for the rules.',
      {
        name: text('Name of the rule.'),
        type: text('Rule type: Profile-SAML or Profile-CR.'),
        realm_name: text('Identity provider of the federated users.'),
        cr_type: text('Compute resource type, such as VSI or ROKS_SA.'),
        expiration: integer('Maximum duration of a session in seconds.'),
        conditions: listOfObjects('Conditions, all of which must be met.', {
          claim: text('Name of the claim.'),
          operator: text('Comparison operator.'),
          value: text('Value that the claim is compared with, as a JSON string.'),
        }),
      },
    ),
    created_at: timestamp('Creation time.'),
    modified_at: timestamp('Time of the last update to the profile itself, not to its policies.'),
    ...LAST_LOGIN_FIELDS,
  },
});

async function loadProfiles(account: Account): Promise<{ rows: Row[] }> {
  const rows = await loadIdentities(account, 'trusted_profiles', 'profiles', IDENTITY_VIEWER);
  // A check skips these requests, because they need the same role as the list of profiles.
  const parts = account.api.isCheck === true ? [] : PARTS;
  await Promise.all(
    parts.map((part) =>
      addLists(account, 'trusted_profiles', part, rows, async (id) => {
        const path = `v1/profiles/${id}/${part}`;
        const request = { endpoint: 'iam', path, list: part, role: IDENTITY_VIEWER } as const;
        const items = await loadList(account, { stream: 'trusted_profiles', ...request });
        // IBM nests a link's compute resource under `link`.
        return items.map(({ link, ...rest }) => ({ ...rest, ...(isRow(link) && link) }));
      }),
    ),
  );
  logListed(account, rows.length, 'trusted profile', IDENTITY_VIEWER);
  return { rows };
}
