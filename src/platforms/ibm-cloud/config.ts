import { z } from 'zod';
import { MAX_NAME, nearestOf } from '../../text/nearest.ts';
import { GUID, isRegion, parseCrn } from './api/crn.ts';
import { DEFAULT_ENDPOINTS, type EndpointName, type Endpoints, endpointProblem } from './api/endpoints.ts';

const RESOURCE_GROUP_ID = /^[0-9a-fA-F]{32}$/;

const NO_LOGS_CRN = 'must be the CRN of an IBM Cloud Logs instance, such as crn:v1:bluemix:public:logs:…';

const deploymentId = z
  .string({ error: 'must be a string' })
  .trim()
  .refine((text) => GUID.test(text) || parseCrn(text) !== undefined, {
    error: 'must be the CRN or the GUID of a deployment',
  });

const resourceGroupId = z
  .string({ error: 'must be a string' })
  .trim()
  .regex(RESOURCE_GROUP_ID, { error: 'must be the id of a resource group: 32 hexadecimal digits' })
  .toLowerCase();

const LOGS_CRN = new RegExp(`^crn:v1:[^:]*:[^:]*:logs:[a-z0-9-]+:[^:]*:${GUID.source.slice(1, -1)}:[^:]*:[^:]*$`);

/** Region and GUID become part of the name of a host. */
const logsInstance = z
  .string({ error: 'must be a string' })
  .trim()
  .regex(LOGS_CRN, { error: NO_LOGS_CRN })
  .refine((text) => isRegion(parseCrn(text)?.region ?? ''), { error: NO_LOGS_CRN });

function endpoint(name: EndpointName): z.ZodType<string> {
  return z
    .string({ error: 'must be a string' })
    .trim()
    .superRefine((text, context) => {
      const problem = endpointProblem(name, text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .transform((text) => text.replace(/\/+$/, ''))
    .default(DEFAULT_ENDPOINTS[name])
    .meta({ examples: [DEFAULT_ENDPOINTS[name]] });
}

/** One that is misspelt must not mean that IBM is asked: a key of a test would go there. */
function unknownEndpoints(keys: readonly string[]): string {
  const known = Object.keys(DEFAULT_ENDPOINTS);
  const named = keys.map((key) => {
    if (key.length > MAX_NAME) return `one with a name of ${key.length} characters`;
    const nearest = nearestOf(key, known);
    return nearest === undefined ? key : `${key} (did you mean ${nearest}?)`;
  });
  return `has no ${named.join(', ')}; there are ${known.join(', ')}`;
}

const endpoints = z
  .strictObject(
    {
      iam: endpoint('iam'),
      resource_controller: endpoint('resource_controller'),
      databases: endpoint('databases'),
      billing: endpoint('billing'),
      accounts: endpoint('accounts'),
      logs: endpoint('logs'),
    } satisfies Record<EndpointName, z.ZodType<string>>,
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys' ? unknownEndpoints(issue.keys) : 'must be an object of addresses',
    },
  )
  .default(DEFAULT_ENDPOINTS);

/** What only IBM Cloud has in its config. Messages are the end of a sentence that begins with the option's name. */
export const ibmCloudConfig = z
  .object({
    name: z.literal('ibm_cloud').meta({ order: 0 }),
    api_key: z
      .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string') })
      .trim()
      .min(1, { error: 'must not be empty' })
      .meta({
        title: 'API key',
        description:
          'IAM API key, best that of a service ID with the role Viewer on the database services. Created under Manage → Access (IAM) → Service IDs → API keys. It is sent to IAM alone.',
        airbyte_secret: true,
        order: 1,
      }),
    deployment_ids: z
      .array(deploymentId.meta({ pattern_descriptor: 'CRN or GUID' }), {
        error: 'must be an array of strings, even for one: ["…"]',
      })
      .default([])
      .transform((ids) => [...new Set(ids)])
      .meta({
        title: 'Deployment IDs',
        description:
          'The deployments to read, by CRN or GUID. Limits the stream deployments and all reports of deployments to these. Leave it empty to read all deployments.',
        examples: [['a0000000-0000-4000-8000-000000000001']],
        order: 2,
      }),
    resource_group_ids: z
      .array(resourceGroupId.meta({ pattern_descriptor: '32 hexadecimal digits' }), {
        error: 'must be an array of strings, even for one: ["…"]',
      })
      .default([])
      .transform((ids) => [...new Set(ids)])
      .meta({
        title: 'Resource group IDs',
        description:
          'The resource groups whose deployments are read. Leave it empty to read the deployments of the whole account, as far as the API key may view them.',
        examples: [['11112222333344445555666677778888']],
        order: 3,
      }),
    billing: z
      .enum(['resource_groups', 'account'], { error: 'must be resource_groups or account' })
      .default('resource_groups')
      .meta({
        title: 'Billing',
        description:
          'How to read the usage for billables: per resource group, which requires Viewer on each group, or for the whole account, which requires Administrator on the Billing service.',
        order: 4,
      }),
    logs_instances: z
      .array(logsInstance.meta({ pattern_descriptor: 'CRN' }), {
        error: 'must be an array of strings, even for one: ["…"]',
      })
      .default([])
      .transform((ids) => [...new Set(ids)])
      .meta({
        title: 'Logs instances',
        description:
          'The IBM Cloud Logs instances that audit events of the account are routed to, by CRN. The stream audit_events is read from these; without any there is no such stream. The API key needs the role Reader on each.',
        examples: [
          [
            'crn:v1:bluemix:public:logs:us-south:a/11112222333344445555666677778888:a0000000-0000-4000-8000-000000000001::',
          ],
        ],
        order: 5,
      }),
    endpoints: endpoints.meta({
      title: 'Endpoints',
      description: "Addresses to ask in place of IBM's. Plain http is accepted only for hosts that cannot be public.",
      // In this spelling a program that makes templates of specs takes it, too.
      type: ['object'],
      airbyte_hidden: true,
      order: 6,
    }),
  })
  .meta({ title: 'IBM Cloud Databases', description: 'The databases of an account of IBM Cloud.' });

export type IbmCloudConfig = Omit<z.output<typeof ibmCloudConfig>, 'endpoints'> & { endpoints: Endpoints };
