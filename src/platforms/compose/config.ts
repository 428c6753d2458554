import { z } from 'zod';
import { addressProblem, normaliseAddress } from '../../http/address.ts';
import { boolean, wholeNumber } from '../options.ts';

/** Where the API lived until 1 March 2023; the version is part of the path. */
export const DEFAULT_BASE_URL = 'https://api.compose.io/2016-07';

/** A server that does not exist, to show what an address looks like. */
const EXAMPLE_BASE_URL = 'https://compose.example.com/2016-07';

const DEPLOYMENT_ID = /^\s*[0-9a-fA-F]{24}\s*$/;
/** What undici, and HTTP, let through in a header's value. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** What only Compose has in its config. Messages are the end of a sentence that begins with the option's name. */
export const composeConfig = z
  .object({
    name: z.literal('compose').meta({ order: 0 }),
    api_token: z
      .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string') })
      .trim()
      .min(1, { error: 'must not be empty' })
      .regex(HEADER_VALUE, {
        error:
          'contains a line break or another character that no HTTP header can carry; copy the token again, as one line',
      })
      .meta({
        title: 'API token',
        description:
          'Personal token for the Compose API, created in the Compose console under Account → API Tokens. It has the rights of the user who created it.',
        airbyte_secret: true,
        order: 1,
      }),
    deployment_ids: z
      .array(
        z
          .string({ error: 'must be a string' })
          .regex(DEPLOYMENT_ID, { error: 'must be a deployment id: 24 hexadecimal digits' })
          .transform((id) => id.trim().toLowerCase())
          .meta({ pattern: '^[0-9a-fA-F]{24}$', pattern_descriptor: '24 hexadecimal digits' }),
        { error: 'must be an array of strings, even for one: ["…"]' },
      )
      .default([])
      .transform((ids) => [...new Set(ids)])
      .meta({
        title: 'Deployment IDs',
        description:
          'The deployments to read. Limits the stream deployments and all reports of deployments to these; audit events are not limited. Leave it empty to read all deployments.',
        examples: [['5a2b4c6d8e0f12001300b001']],
        order: 2,
      }),
    include_connection_strings: boolean().default(false).meta({
      title: 'Include connection strings',
      description:
        'Adds connection_strings and ca_certificate_base64 to the stream deployments, at the cost of one more request per deployment. Connection strings contain admin passwords, which then end up in the destination.',
      order: 3,
    }),
    page_size: wholeNumber(10, 100).default(50).meta({
      title: 'Page size',
      description: 'How many audit events to ask for per request, from 10 to 100.',
      order: 4,
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
          'Address of a server that speaks the Compose API, including the version. Compose closed on 1 March 2023, so the default no longer answers. Plain http is accepted only for hosts that cannot be public.',
        examples: [DEFAULT_BASE_URL],
        pattern: '^\\s*https?://\\S+\\s*$',
        pattern_descriptor: 'https://host/version',
        order: 5,
      }),
  })
  .meta({ title: 'Compose', description: 'The Compose API, or a server that speaks it.' });

export type ComposeConfig = z.output<typeof composeConfig>;
