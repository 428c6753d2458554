import { type Row, isRow } from '../../core/record/row.ts';
import type { Exchange } from '../../http/client-options.ts';
import { isAboutRate } from '../../http/traffic/retry.ts';
import type { Probe, Sighting } from '../platform.ts';
import { parseCrn } from './api/crn.ts';
import { accountIn, claimsOf } from './api/token.ts';
import { textOf, within } from './api/values.ts';

const DAY = 86_400_000;
const OTHER_STATES = ['inactive', 'failed', 'pre_provisioning', 'pending_reclamation', 'pending_removal', 'removed'];
/** Statuses that IAM, a proxy or a gateway may return instead of the databases API. */
const NOT_OF_V5 = [401, 403, 408, 429];
const INSTANCES = /v2\/resource_instances$/;
const USAGE = /resource_instances\/usage\/\{id\}$/;
const POLICIES = /v2\/policies$/;
const DATABASES = /deployments\/\{id\}|deployables$|regions$/;
const TOKEN = /identity\/token$/;
const ASSUMED = /assume.*profile_crn=.*a%2F([0-9a-f]{32})/;
/** IAM's code for a profile that doesn't exist or doesn't trust the key, whichever account the profile is in (icd-accounts-access.md 2.12). */
const NOT_TRUSTED = 'BXNIM0398E';
const SEARCH = /v3\/resources\/search$/;
const RULES = /GET v1\/rules$/;

/** The probes for the open questions in docs/reference/icd-questions.json. */
export const probes: Readonly<Record<string, Probe>> = {
  default_state: rows(INSTANCES, 'resources', ({ state }) => {
    const isListed = state === 'active' || state === 'provisioning';
    const shown = OTHER_STATES.find((other) => other === state);
    return [isListed, 'active or provisioning', shown === undefined ? 'another state' : `the state ${shown}`];
  }),
  page_token: body(INSTANCES, ({ next_url: link }) => {
    return typeof link === 'string' && link !== '' && [/[?&]start=/.test(link), 'start', 'another token'];
  }),
  extensions: rows(INSTANCES, 'resources', ({ resource_plan_id: plan, state, extensions }) => {
    if (state !== 'active' || !/-gen2($|-)/.test(String(plan))) return undefined;
    return [isRow(extensions), 'an active generation 2 row with extensions', 'an active generation 2 row without them'];
  }),
  v5_errors: any(DATABASES, ({ status, text }) => {
    if (status < 400 || status >= 500 || NOT_OF_V5.includes(status)) return undefined;
    const isText = typeof within(parsed(text), 'errors') === 'string';
    return [isText, `HTTP ${status} with errors as a string`, `HTTP ${status} with errors in another form`];
  }),
  v5_rate_limit: any(DATABASES, ({ status, headers }) => {
    if (status === 429) return [false, '', 'HTTP 429'];
    if (Object.keys(headers).some(isAboutRate)) return [false, '', 'rate limit headers'];
    return status === 200 && [true, 'no HTTP 429'];
  }),
  task_retention: rows(/\/tasks$/, 'tasks', ({ status, created_at: at }) => {
    if (!['completed', 'failed', 'expired'].includes(String(status))) return undefined;
    const age = Date.now() - Date.parse(String(at));
    if (Number.isNaN(age)) return undefined;
    const isOld = age > (status === 'completed' ? 4 : 11) * DAY;
    return [!isOld, 'only recently finished tasks', 'a task that finished long ago'];
  }),
  backup_fields: rows(/\/backups$/, 'backups', ({ created_at: at, type }) => {
    const isKnown = typeof at === 'string' && (type === 'scheduled' || type === 'on_demand');
    return [isKnown, 'backups with created_at and a known type', 'a backup without created_at or with an unknown type'];
  }),
  allowlist: succeeds(/ip_addresses$/, 404, 410, 422),
  shared_cpu: rows(/\/groups$/, 'groups', ({ host_flavor: flavor, cpu }) => {
    if (within(flavor, 'id') !== 'multitenant') return undefined;
    return [within(cpu, 'allocation_count') === 0, 'shared CPU of 0', 'shared CPU that is not 0'];
  }),
  per_member: rows(INSTANCES, 'resources', ({ extensions }) => {
    const blocks = Object.values((within(extensions, 'dataservices') ?? {}) as Row).filter(isRow);
    const { host_flavor: flavor, cpu_count: cpus } = blocks.find(({ members }) => Number(members) > 1) ?? {};
    const inFlavor = Number(/\.(\d+)x\d+$/.exec(String(flavor))?.[1]);
    return inFlavor > 0 && [cpus === inFlavor, 'CPUs match the flavor', 'CPUs differ from the flavor'];
  }),
  usage_instance: rows(USAGE, 'resources', ({ resource_instance_id: id }) => {
    return [parseCrn(String(id)) !== undefined, 'rows with a CRN', 'a row without a CRN'];
  }),
  usage_resource_id: rows(USAGE, 'resources', ({ resource_instance_id: id, resource_id: service }) => {
    const crn = parseCrn(String(id));
    if (crn === undefined || !/^(databases|messages)-for-/.test(crn.service)) return undefined;
    return [service === crn.service, 'the service name', 'something else'];
  }),
  usage_history: any(USAGE, ({ request, status }) => {
    const age = monthsSince(request.path.slice(-7));
    if (status === 400 || status === 404) return [false, '', `HTTP ${status} for the month ${age} months ago`];
    return status === 200 && age > 24 && [true, 'months that are more than 24 months old'];
  }),
  usage_token: body(USAGE, ({ next }) => {
    const token = /[?&]_start=([^&]+)/.exec(String(within(next, 'href')))?.[1];
    // Each token in a link should be URL-encoded exactly once.
    return token !== undefined && [!/%25[\dA-F]{2}/i.test(token), 'encoded once', 'encoded twice'];
  }),
  policy_pages: body(POLICIES, ({ next }) => [!isRow(next), 'one page', 'more than one page']),
  policy_token: body(POLICIES, ({ next }) => isRow(next) && ['start' in next, 'start', 'only href']),
  account: succeeds(/^GET v4\/accounts\/\{id\}$/, 404),
  iam_rate_limit: any(TOKEN, ({ status, headers }) => {
    return status === 429 && [headers['retry-after'] !== undefined, 'with Retry-After', 'without Retry-After'];
  }),
  token_life: body(TOKEN, ({ expires_in, access_token: token }) => {
    const { exp, iat } = claimsOf(String(token));
    const life = Number(expires_in ?? Number(exp) - Number(iat));
    return !Number.isNaN(life) && [life >= 3_600, 'an hour', 'less than an hour'];
  }),
  account_claim: body(TOKEN, ({ access_token: token }) => {
    return [accountIn(String(token)) !== undefined, 'a token with the account', 'a token without the account'];
  }),
  assume_by_crn: any(TOKEN, ({ request, status, text }) => {
    if (!ASSUMED.test(request.post?.body ?? '') || text.includes(NOT_TRUSTED)) return undefined;
    return [status === 200, 'HTTP 200', `HTTP ${status}`];
  }),
  assumed_account: any(TOKEN, ({ request, body }) => {
    const account = ASSUMED.exec(request.post?.body ?? '')?.[1];
    const token = within(body, 'access_token');
    if (account === undefined || typeof token !== 'string') return undefined;
    return [accountIn(token) === account, "the profile's account", 'another account, or none'];
  }),
  assumable_pages: body(/identity\/profiles$/, ({ count, profiles }) => {
    return [onlyRows(profiles).length === count, 'as many rows as count', 'another number of rows'];
  }),
  backup_region: rows(INSTANCES, 'resources', ({ crn, extensions }) => {
    const backup = within(within(extensions, 'dataservices'), 'backup');
    const [own, source] = [crn, within(backup, 'source_data_service_crn')].map((each) => parseCrn(String(each)));
    if (own === undefined || source === undefined) return undefined;
    return [own.region === source.region, 'the same region', 'another region'];
  }),
  older_backups: rows(INSTANCES, 'resources', ({ crn }) => {
    const isOlder = /^databases-for-.*-backup$/.test(parseCrn(String(crn))?.service ?? '');
    return isOlder && [true, 'a backup in a databases-for-…-backup service'];
  }),
  user_activity: body(/users\/\{id\}$/, (user) => [isRow(user['activity']), 'activity', 'no activity']),
  identity_dates: rows(/serviceids$/, 'serviceids', ({ created_at: at }) => {
    return [/T\d\d:\d\d\+0000$/.test(String(at)), 'minutes', 'another form'];
  }),
  service_id_groups: succeeds(/serviceid_groups$/, 403, 404),
  api_keys_role: any(/v1\/apikeys$/, ({ status }) => status === 403 && [true, 'HTTP 403']),
  profile_parts: succeeds(/profiles\/\{id\}\/(identities|links|rules)$/, 403, 404),
  search_wildcard: body(SEARCH, ({ items }, { post }) => {
    const isFirst = post?.body.includes('"query"') === true;
    return isFirst && [onlyRows(items).length > 0, 'a first page with databases', 'an empty first page'];
  }),
  search_end: body(SEARCH, ({ items, limit, search_cursor: cursor }) => {
    const { length } = onlyRows(items);
    const isShort = length > 0 && length < Number(limit);
    return isShort && [textOf(cursor) !== undefined, 'a short page with a cursor', 'a short page without a cursor'];
  }),
  hidden_rules: any(RULES, ({ status }) => status === 403 && [false, '', 'HTTP 403']),
  reclamation_state: rows(/v1\/reclamations$/, 'resources', ({ state }) => {
    return [state === 'SCHEDULED', 'SCHEDULED', 'another state'];
  }),
  event_nesting: events((all) => all.map((event) => ['action' in event, 'at the top', 'deeper'])),
  event_id: events((all) => {
    const hasEvery = all.every((event) => 'id' in event);
    return all.length > 1 ? [[!hasEvery, 'events without an id', 'an id in every event']] : [];
  }),
};

/** What a response shows, or `false` or undefined if it shows nothing. */
type Shown = Sighting | false | undefined;

function any(at: RegExp, look: (exchange: Exchange) => Shown): Probe {
  return { at, look: (exchange) => [look(exchange)].filter(isShown) };
}

/** Shows whether requests succeed (HTTP 200) or fail with one of the statuses in `failures`. Ignores responses with other statuses. */
function succeeds(at: RegExp, ...failures: readonly number[]): Probe {
  return any(at, ({ status }) => [200, ...failures].includes(status) && [status === 200, `HTTP ${status}`]);
}

function body(at: RegExp, look: (body: Row, request: Exchange['request']) => Shown): Probe {
  return any(at, ({ body, request }) => isRow(body) && look(body, request));
}

function rows(at: RegExp, list: string, look: (row: Row) => Shown): Probe {
  return { at, look: ({ body }) => onlyRows(within(body, list)).map(look).filter(isShown) };
}

function events(look: (events: Row[]) => Sighting[]): Probe {
  return {
    at: /v1\/query$/,
    look({ body }) {
      const entries = onlyRows(body).flatMap(({ result }) => onlyRows(within(result, 'results')));
      return look(entries.map(({ user_data: text }) => parsed(String(text))).filter(isRow));
    },
  };
}

/** The number of months since a month such as `2026-10`. */
function monthsSince(month: string): number {
  const [now, then] = [new Date(), new Date(`${month}-01`)];
  return (now.getUTCFullYear() - then.getUTCFullYear()) * 12 + now.getUTCMonth() - then.getUTCMonth();
}

function isShown(shown: Shown): shown is Sighting {
  return shown !== undefined && shown !== false;
}

function onlyRows(list: unknown): Row[] {
  return Array.isArray(list) ? (list as unknown[]).filter(isRow) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
