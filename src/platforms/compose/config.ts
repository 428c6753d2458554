import { z } from 'zod';
import { DEFAULT_BASE_URL, baseUrlProblem, normaliseBaseUrl } from '../../http/address.ts';
import { toUtcText } from '../../core/timestamp.ts';

const DATE_TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/;
const DEPLOYMENT_ID = /^\s*[0-9a-fA-F]{24}\s*$/;
/** What undici, and HTTP, let through in a header's value. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

const wholeNumber = (least: number, most: number): z.ZodInt => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

/**
 * The user's config. The metadata beside each option makes the form of Airbyte's UI explain itself; `npm run spec`
 * writes spec.json from it. Messages are the end of a sentence that begins with the option's name.
 */
export const configSchema = z.object({
  api_token: z
    .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string') })
    .trim()
    .min(1, { error: 'is empty' })
    .regex(HEADER_VALUE, { error: 'holds characters that no HTTP header can carry, such as a line break' })
    .meta({
      title: 'API token',
      description:
        'Personal token of the Compose API, made in the Compose console under Account → API Tokens. It has the rights of the user who made it.',
      airbyte_secret: true,
      order: 0,
    }),
  deployment_ids: z
    .array(
      z
        .string({ error: 'must be a string' })
        .regex(DEPLOYMENT_ID, { error: 'must be a deployment id: 24 hexadecimal digits' })
        .transform((id) => id.trim().toLowerCase())
        .meta({ pattern: '^[0-9a-fA-F]{24}$', pattern_descriptor: '24 hexadecimal digits' }),
      { error: 'must be an array of strings' },
    )
    .default([])
    .meta({
      title: 'Deployment ID',
      description:
        'Ids of the deployments to read. Limits the stream deployments and all deployment reports to these; audit events are not limited. Empty: all deployments.',
      examples: [['5a2b4c6d8e0f12001300b001']],
      order: 1,
    }),
  start_date: z
    .string({ error: 'must be a string' })
    .regex(DATE_TIME, { error: 'must be a date and time such as 2018-08-22T00:00:00Z' })
    .transform((text, context) => {
      const utc = toUtcText(text);
      if (utc === undefined) context.addIssue({ code: 'custom', message: 'names a day or time that does not exist' });
      return utc ?? '';
    })
    .optional()
    .meta({
      title: 'Start date',
      description:
        'Leaves out audit events (created_at), recipes (updated_at) and backups (created_at) before this time; rows without a date stay.',
      examples: ['2018-08-22T00:00:00Z'],
      format: 'date-time',
      pattern: DATE_TIME.source,
      pattern_descriptor: 'YYYY-MM-DDTHH:mm:ssZ',
      order: 2,
    }),
  include_connection_strings: z.boolean({ error: 'must be true or false' }).default(false).meta({
    title: 'Include connection strings',
    description:
      'Adds connection_strings and ca_certificate_base64 to the stream deployments, at one more request per deployment. They hold admin passwords, which then land in the destination.',
    order: 3,
  }),
  fail_on_refused_deployments: z.boolean({ error: 'must be true or false' }).default(false).meta({
    title: 'Fail on refused deployments',
    description:
      'What happens when the API refuses a report of single deployments (HTTP 403 or 404). Off: they are skipped with a warning, and the stream completes without their records; a destination that overwrites then loses those it had. On: the stream fails after the other deployments have been read.',
    order: 4,
  }),
  num_workers: wholeNumber(1, 32).default(4).meta({
    title: 'Workers',
    description: 'Requests in flight at once, from 1 to 32.',
    order: 5,
  }),
  page_size: wholeNumber(10, 100).default(50).meta({
    title: 'Page size',
    description: 'Audit events asked for per request, from 10 to 100.',
    order: 6,
  }),
  lookback_window_seconds: wholeNumber(0, 86400).default(60).meta({
    title: 'Look-back window (seconds)',
    description:
      'How far an incremental read goes back behind the newest record of the last one, to catch records that were written late. They are sent again; a destination that deduplicates by primary key drops them.',
    order: 7,
  }),
  request_timeout_seconds: wholeNumber(1, 600).default(60).meta({
    title: 'Request time-out (seconds)',
    description: 'The longest that one request may take, from connecting to the last byte of the answer.',
    order: 8,
  }),
  base_url: z
    .string({ error: 'must be a string' })
    .trim()
    .superRefine((text, context) => {
      const problem = baseUrlProblem(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .transform((text) => (URL.canParse(text) ? normaliseBaseUrl(text) : text))
    .default(DEFAULT_BASE_URL)
    .meta({
      title: 'Base URL',
      description:
        'Address of a server that speaks the Compose API, version included. Compose closed on 1 March 2023, so the default no longer answers. Plain http is taken only for hosts that cannot be public.',
      examples: [DEFAULT_BASE_URL],
      pattern: '^\\s*https?://\\S+\\s*$',
      pattern_descriptor: 'https://host/version',
      order: 9,
    }),
});

export type Config = z.output<typeof configSchema>;
