import { z } from 'zod';
import { addressProblem, normaliseAddress } from '../../http/address.ts';
import { boolean, listOf, requiredText, wholeNumber } from '../options.ts';

/** The address of the API until its shutdown on March 1, 2023. The path includes the version. */
export const DEFAULT_BASE_URL = 'https://api.compose.io/2016-07';

const EXAMPLE_BASE_URL = 'https://compose.example.com/2016-07';

const DEPLOYMENT_ID = /^\s*[0-9a-fA-F]{24}\s*$/;
/** The characters that HTTP and undici allow in a header value. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** Each error message completes a sentence that begins with the option's name. */
export const composeConfig = z
  .object({
    name: z.literal('compose'),
    api_token: requiredText()
      .regex(HEADER_VALUE, {
        error:
          'contains a line break or another character that is not allowed in an HTTP header; copy the token again, as a single line',
      })
      .meta({
        title: 'API token',
        description:
          'Personal API token, created in the Compose console under Account → API Tokens. The token has the rights of the user who created it.',
        airbyte_secret: true,
      }),
    deployment_ids: listOf(
      z
        .string({ error: 'must be a string' })
        .regex(DEPLOYMENT_ID, { error: 'must be a deployment ID: 24 hexadecimal digits' })
        .transform((id) => id.trim().toLowerCase())
        .meta({ pattern: '^[0-9a-fA-F]{24}$', pattern_descriptor: '24 hexadecimal digits' }),
    ).meta({
      title: 'Deployment IDs',
      description:
        'IDs of the deployments to read. Applies to the deployments stream and all per-deployment streams, but not to the audit_events stream. Leave empty to read all deployments.',
      examples: [['5a2b4c6d8e0f12001300b001']],
    }),
    include_connection_strings: boolean().default(false).meta({
      title: 'Include connection strings',
      description:
        'Add the fields connection_strings and ca_certificate_base64 to the deployments stream. The connector then sends one additional request per deployment. Connection strings contain admin passwords, which the destination will store.',
    }),
    page_size: wholeNumber(10, 100).default(50).meta({
      title: 'Page size',
      description: 'Number of audit events per request, from 10 to 100.',
    }),
    base_url: z
      .string({ error: 'must be a string' })
      .trim()
      .superRefine((text, context) => {
        const problem = addressProblem(text, EXAMPLE_BASE_URL);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      })
      .transform((text) => (URL.canParse(text) ? normaliseAddress(text) : text))
      .default(DEFAULT_BASE_URL)
      .meta({
        title: 'Base URL',
        description:
          'Address of a server that implements the Compose API. Include the API version, such as 2016-07. Compose shut down in March 2023, so the default address no longer works. Plain HTTP is accepted only for private hosts, such as localhost.',
        examples: [DEFAULT_BASE_URL],
        pattern: '^\\s*https?://\\S+\\s*$',
        pattern_descriptor: 'https://host/version',
      }),
  })
  .meta({ title: 'Compose', description: 'A server that implements the Compose API.' });

export type ComposeConfig = z.output<typeof composeConfig>;
