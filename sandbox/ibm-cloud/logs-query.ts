import { z } from 'zod';
import type { Answer, Received, Row } from '../platform.ts';
import { Quota } from '../traffic.ts';
import { type AuditEvents, type Entry, logsInstances } from './audit-events.ts';
import type { Refuse } from './errors.ts';
import { DAY, MINUTE, type World, uuid, Kind } from './world.ts';

/** A query's maximum time range (icd-api.md, 2.10). */
const LONGEST_WINDOW = 8 * DAY;

const ARCHIVE_LIMIT = 50_000;
const USUAL_LIMIT = 12_000;

/** The number of results in each item of the event stream. */
const RESULTS_IN_ITEM = 100;

const time = z
  .string()
  .transform((text) => Date.parse(text))
  .refine((milliseconds) => !Number.isNaN(milliseconds), 'must be a time');

const bodySchema = z.object({
  query: z.string().min(1).max(4096),
  metadata: z.object({
    start_date: time,
    end_date: time,
    limit: z.int().min(1).optional(),
    tier: z.enum(['frequent_search', 'archive', 'unspecified']).optional(),
    syntax: z.enum(['dataprime', 'lucene', 'unspecified']).optional(),
    default_source: z.string().optional(),
    strict_fields_validation: z.boolean().optional(),
  }),
});

type Query = z.infer<typeof bodySchema>;

/**
 * `POST /v1/query`: returns the log entries of a time range as server-sent events, with a warning if entries are
 * omitted.
 */
export class LogsQuery {
  readonly #world: World;
  readonly #events: AuditEvents;
  readonly #quota: Quota;

  constructor(world: World, events: AuditEvents) {
    this.#world = world;
    this.#events = events;
    this.#quota = new Quota(world.options.queriesPerMinute, MINUTE);
  }

  answer({ parameters, body, path }: Received, refuse: Refuse): Answer {
    const { options } = this.#world;
    const instance = logsInstances(this.#world).findIndex((crn) => {
      const [, , , , , region, , guid] = crn.split(':');
      return region === parameters['region'] && guid === parameters['id'];
    });
    if (instance === -1) return refuse(path, 404);
    if (options.missingRoles.includes('logs')) return refuse(path, 403);
    const wait = this.#quota.take(String(instance));
    if (wait !== undefined) return { ...refuse(path, 429), headers: { 'retry-after': String(wait) } };
    const read = bodySchema.safeParse(body);
    if (!read.success) return refuse(path, 400, z.prettifyError(read.error));
    const { start_date, end_date } = read.data.metadata;
    if (end_date < start_date || end_date - start_date > LONGEST_WINDOW) {
      return refuse(path, 400, 'A query must not cover more than 8 days.');
    }
    return this.#stream(instance, read.data);
  }

  #stream(instance: number, { query, metadata }: Query): Answer {
    const { options } = this.#world;
    const { start_date, tier, limit } = metadata;
    const end = metadata.end_date - (options.windowEnd === 'exclusive' ? 1 : 0);
    // Unless `resultLimit` is set, the archive has a higher limit.
    const most = tier === 'archive' && options.resultLimit === USUAL_LIMIT ? ARCHIVE_LIMIT : options.resultLimit;
    const wanted = Math.min(limit ?? most, most);
    const isWanted = filterOf(query);
    const found: Entry[] = [];
    let isCut = false;
    for (const entry of this.#events.between(instance, start_date, end)) {
      if (!isWanted(this.#events.labels(entry.serial))) continue;
      isCut = found.length === wanted;
      if (isCut) break;
      found.push(entry);
    }
    // The results are unordered, because IBM doesn't guarantee an order.
    const mixed = [
      ...found.filter(({ serial }) => serial % 2 === 1),
      ...found.filter(({ serial }) => serial % 2 === 0),
    ];
    const items: Row[] = [{ query_id: { query_id: uuid(this.#world, Kind.request, 0, found.length) } }];
    for (let from = 0; from < mixed.length; from += RESULTS_IN_ITEM) {
      const results = mixed.slice(from, from + RESULTS_IN_ITEM).map((entry) => this.#events.row(entry));
      items.push({ result: { results } });
    }
    if (isCut) items.push({ warning: { number_of_results_limit_warning: { number_of_results_limit: wanted } } });
    // Comments and empty lines keep the connection open. Clients must ignore both.
    const body = `: success\n${items.map((item) => `data: ${JSON.stringify(item)}\n\n`).join(': keep-alive\n\n')}\n`;
    return { status: 200, body, type: 'text/event-stream' };
  }
}

/**
 * Parses the supported part of a query: comparisons of the application name or the subsystem name with a quoted string. An entry must match
 * one of the strings for each name. The rest of the query is ignored, so the client must filter the results.
 */
function filterOf(query: string): (labels: Readonly<Record<string, string>>) => boolean {
  const textsFor = (label: string): string[] =>
    [...query.matchAll(new RegExp(`${label}[^'"&|]*(['"])(.*?)\\1`, 'g'))].map((match) => match[2] ?? '');
  const applications = textsFor('applicationname');
  const subsystems = textsFor('subsystemname');
  const matches = (texts: readonly string[], value = ''): boolean =>
    texts.length === 0 || texts.some((text) => value.includes(text));
  return ({ applicationname, subsystemname }) =>
    matches(applications, applicationname) && matches(subsystems, subsystemname);
}
