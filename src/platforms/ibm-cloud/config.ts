import { z } from 'zod';
import { boolean, listOf, requiredText } from '../options.ts';
import { GUID, isRegion, parseCrn } from './api/crn.ts';
import { parseProfile } from './api/trusted-profile.ts';
import { DEFAULT_ENDPOINTS, type EndpointName, type Endpoints, endpointProblem } from './api/endpoints.ts';

const string = z.string({ error: 'must be a string' }).trim();

const deploymentId = string
  .refine((text) => GUID.test(text) || parseCrn(text) !== undefined, {
    error: 'must be the CRN or the GUID of a deployment',
  })
  .meta({ pattern_descriptor: 'CRN or GUID' });

const resourceGroupId = string
  .regex(/^[0-9a-fA-F]{32}$/, { error: 'must be the ID of a resource group: 32 hexadecimal digits' })
  .toLowerCase()
  .meta({ pattern_descriptor: '32 hexadecimal digits' });

const LOGS_CRN = new RegExp(`^crn:v1:[^:]*:[^:]*:logs:[a-z0-9-]+:[^:]*:${GUID.source.slice(1, -1)}:[^:]*:[^:]*$`);
const LOGS_ERROR = { error: 'must be the CRN of an IBM Cloud Logs instance, such as crn:v1:bluemix:public:logs:…' };

/** The region and the GUID of a Logs instance become part of a host name, so both must be valid. */
const logsInstance = string
  .regex(LOGS_CRN, LOGS_ERROR)
  .refine((text) => isRegion(parseCrn(text)?.region ?? ''), LOGS_ERROR)
  .meta({ pattern_descriptor: 'CRN' });

const trustedProfile = string
  .refine((text) => parseProfile(text) !== undefined, {
    error: 'must be the CRN of a trusted profile, such as crn:v1:bluemix:public:iam-identity::a/…::profile:Profile-…',
  })
  .meta({ pattern_descriptor: 'CRN' });

function endpoint(name: EndpointName): z.ZodType<string> {
  return string
    .superRefine((text, context) => {
      const problem = endpointProblem(name, text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .transform((text) => text.replace(/\/+$/, ''))
    .default(DEFAULT_ENDPOINTS[name])
    .meta({ examples: [DEFAULT_ENDPOINTS[name]] });
}

const NAMES = Object.keys(DEFAULT_ENDPOINTS) as EndpointName[];

const endpoints = z
  .strictObject(
    Object.fromEntries(NAMES.map((name) => [name, endpoint(name)])) as Record<EndpointName, z.ZodType<string>>,
    {
      error: (issue) =>
        // Ignoring a misspelled endpoint would send the key to IBM.
        issue.code === 'unrecognized_keys'
          ? `contains an unknown endpoint; the known endpoints are ${NAMES.join(', ')}`
          : 'must be an object with addresses as values',
    },
  )
  .default(DEFAULT_ENDPOINTS);

/** Each error message completes a sentence that begins with the option's name. */
export const ibmCloudConfig = z
  .object({
    name: z.literal('ibm_cloud'),
    api_key: requiredText()
      .regex(/^[^\r\n]*$/, { error: 'contains a line break; copy the key again, as a single line' })
      .meta({
        title: 'API key',
        description:
          'IAM API key. We recommend using the key of a service ID that has the Viewer role on the database services. Create the key under Manage → Access (IAM) → Service IDs → API keys. The connector sends the key only to IAM.',
        airbyte_secret: true,
      }),
    deployment_ids: listOf(deploymentId).meta({
      title: 'Deployment IDs',
      description:
        'CRNs or GUIDs of the deployments to read. Applies to the deployments and billables streams and to all per-deployment streams. Leave empty to read all deployments.',
      examples: [['a0000000-0000-4000-8000-000000000001']],
    }),
    resource_group_ids: listOf(resourceGroupId).meta({
      title: 'Resource group IDs',
      description:
        'IDs of the resource groups to read deployments from. Leave empty to read all deployments that the API key can view.',
      examples: [['11112222333344445555666677778888']],
    }),
    billing: z
      .enum(['resource_groups', 'account'], { error: 'must be resource_groups or account' })
      .default('resource_groups')
      .meta({
        title: 'Billing',
        description:
          'How the billables stream reads usage: for each resource group (requires the Viewer role on each group) or for the whole account (requires the Administrator role on the Billing service).',
      }),
    logs_instances: listOf(logsInstance).meta({
      title: 'Logs instances',
      description:
        "CRNs of the IBM Cloud Logs instances that receive the account's audit events. Requires the Reader role on each instance. If the list is empty, the audit_events stream is unavailable.",
      examples: [
        [
          'crn:v1:bluemix:public:logs:us-south:a/11112222333344445555666677778888:a0000000-0000-4000-8000-000000000001::',
        ],
      ],
    }),
    access_review: boolean().default(false).meta({
      title: 'Access review',
      description:
        'Make the users, service_ids and trusted_profiles streams available. These streams contain personal data. Requires the Viewer role on User Management and on IAM Identity.',
    }),
    api_keys: boolean().default(false).meta({
      title: 'API keys',
      description:
        'Make the api_keys stream available. The stream contains the owner, name and creation time of each API key in the account, but never the key itself. Requires the Administrator role on IAM Identity.',
    }),
    identity_activity: boolean().default(false).meta({
      title: 'Identity activity',
      description:
        'Add the time of the last login and the number of logins to the users, service_ids and trusted_profiles streams. The connector then sends one additional request per record.',
    }),
    trusted_profiles: listOf(trustedProfile)
      .superRefine((profiles, context) => {
        const accounts = profiles.map((crn) => parseProfile(crn)?.account);
        const twice = accounts.find((account, i) => accounts.indexOf(account) !== i);
        if (twice === undefined) return;
        context.addIssue({ code: 'custom', message: `contains two profiles of account ${twice}; keep only one` });
      })
      .meta({
        title: 'Trusted profiles',
        description:
          "CRNs of trusted profiles, one per account to read. Each profile must trust the API key's service ID. If the list is empty, the connector reads only the API key's own account. Otherwise, it reads only the accounts of these profiles.",
        examples: [
          [
            'crn:v1:bluemix:public:iam-identity::a/11112222333344445555666677778888::profile:Profile-a0000000-0000-4000-8000-000000000001',
          ],
        ],
      }),
    endpoints: endpoints.meta({
      title: 'Endpoints',
      description:
        "Addresses to use instead of IBM's API endpoints. Plain HTTP is accepted only for private hosts, such as localhost.",
      // At least one tool that parses specs accepts nested objects only if their type is a list.
      type: ['object'],
      airbyte_hidden: true,
    }),
  })
  .superRefine(({ logs_instances, trusted_profiles }, context) => {
    if (trusted_profiles.length === 0) return;
    const accounts = trusted_profiles.map((crn) => parseProfile(crn)?.account);
    const lost = logs_instances.find((crn) => !accounts.includes(parseCrn(crn)?.account));
    if (lost === undefined) return;
    const message = `contains an instance in account ${parseCrn(lost)?.account}, which has no profile in trusted_profiles; add a profile, or remove the instance`;
    context.addIssue({ code: 'custom', path: ['logs_instances'], message });
  })
  .meta({ title: 'IBM Cloud Databases', description: 'Databases in one or more IBM Cloud accounts.' });

export type IbmCloudConfig = Omit<z.output<typeof ibmCloudConfig>, 'endpoints'> & { endpoints: Endpoints };
