import { type Row, isRow } from '../../core/record/row.ts';
import { monthAfter, monthOf } from '../../core/retrieval/month/month.ts';
import type { Probe } from '../platform.ts';
import { parseCrn } from './api/crn.ts';
import { accountIn } from './api/token.ts';
import { within } from './api/values.ts';

const DAY = 86_400_000;
const INSTANCES = /v2\/resource_instances$/;
const USAGE = /resource_instances\/usage\/\{id\}$/;
const DATABASES = /deployments\/\{id\}|deployables$|regions$/;
const TOKEN = /identity\/token$/;

/** The probes of the open questions in docs/reference/icd-questions.json. */
export const probes: Readonly<Record<string, Probe>> = {
  default_state: ofRows(INSTANCES, 'resources', ({ state }, report) => {
    const isOther = ['inactive', 'failed', 'pre_provisioning'].includes(String(state));
    report(!isOther, 'rows with other states', `a row with the state ${String(state)}`);
  }),
  page_token: ofBody(INSTANCES, ({ next_url: link }, report) => {
    if (typeof link !== 'string' || link === '') return;
    report(/[?&]start=/.test(link), 'the token is start', 'the token is another');
  }),
  extensions: ofRows(INSTANCES, 'resources', ({ resource_plan_id: plan, state, extensions }, report) => {
    if (state !== 'active' || !/-gen2($|-)/.test(String(plan))) return;
    report(isRow(extensions), 'an active row of generation 2 with them', 'an active row of generation 2 without them');
  }),
  v5_errors: {
    at: DATABASES,
    look({ status, text }, report) {
      if (status < 400 || status === 429 || status >= 500) return;
      const isText = typeof within(parsed(text), 'errors') === 'string';
      report(isText, `HTTP ${status} with a text`, `HTTP ${status} with something else`);
    },
  },
  v5_rate_limit: {
    at: DATABASES,
    look: ({ status }, report) => report(status !== 429, 'no HTTP 429', 'HTTP 429'),
  },
  task_retention: ofRows(/\/tasks$/, 'tasks', ({ status, created_at: at }, report) => {
    if (!['completed', 'failed', 'expired'].includes(String(status))) return;
    const isOld = Date.now() - Date.parse(String(at)) > (status === 'completed' ? 4 : 11) * DAY;
    report(!isOld, 'finished tasks, none older', 'a finished task from long before that');
  }),
  backup_fields: ofRows(/\/backups$/, 'backups', ({ created_at: at, type }, report) => {
    report(typeof at === 'string', 'backups with created_at', 'a backup without created_at');
    report(type === 'scheduled' || type === 'on_demand', 'backups of known types', 'a backup of another type');
  }),
  allowlist: {
    at: /ip_addresses$/,
    look: ({ status }, report) => report(status === 200, `HTTP ${status}`),
  },
  shared_cpu: ofRows(/\/groups$/, 'groups', ({ host_flavor: flavor, cpu }, report) => {
    if (within(flavor, 'id') !== 'multitenant') return;
    report(within(cpu, 'allocation_count') === 0, 'shared CPU of 0', 'shared CPU that is not 0');
  }),
  per_member: ofRows(INSTANCES, 'resources', ({ extensions }, report) => {
    for (const sizes of Object.values((within(extensions, 'dataservices') ?? {}) as Row).filter(isRow)) {
      const { host_flavor: flavor, cpu_count: cpus, members } = sizes;
      const inFlavor = Number(/\.(\d+)x\d+$/.exec(String(flavor))?.[1]);
      if (!(Number(members) > 1) || !(inFlavor > 0) || typeof cpus !== 'number') continue;
      report(cpus === inFlavor, 'CPUs are those of the flavor', 'CPUs differ from the flavor');
    }
  }),
  usage_instance: ofRows(USAGE, 'resources', ({ resource_instance_id: id }, report) => {
    report(parseCrn(String(id)) !== undefined, 'rows with a CRN', 'a row without a CRN');
  }),
  usage_resource_id: ofRows(USAGE, 'resources', ({ resource_instance_id: id, resource_id: service }, report) => {
    const crn = parseCrn(String(id));
    if (crn === undefined || !/^(databases|messages)-for-/.test(crn.service)) return;
    report(service === crn.service, 'the service name', 'something else');
  }),
  usage_history: {
    at: USAGE,
    look({ request, status }, report) {
      const month = request.path.slice(-7);
      const now = monthOf(new Date().toISOString());
      if (status !== 200 && status !== 400 && status !== 404) return;
      if (month > monthAfter(now, -24) && month <= now)
        report(status === 200, `HTTP ${status} for a month of the last 24`);
    },
  },
  usage_token: ofBody(USAGE, ({ next }, report) => {
    const offset = within(next, 'offset');
    if (typeof offset !== 'string') return;
    report(!offset.includes('%'), 'a plain offset', 'an encoded offset');
  }),
  policy_pages: ofBody(/v2\/policies$/, ({ next }, report) =>
    report(!isRow(next), 'one page', 'more pages without a limit'),
  ),
  policy_token: ofBody(/v2\/policies$/, ({ next }, report) => {
    if (isRow(next)) report('start' in next, 'start', 'only href');
  }),
  account: {
    at: /^GET v4\/accounts\/\{id\}$/,
    look: ({ status }, report) => report(status === 200, `HTTP ${status}`),
  },
  iam_rate_limit: {
    at: TOKEN,
    look({ status, headers }, report) {
      if (status === 429) report(headers['retry-after'] !== undefined, 'with Retry-After', 'without Retry-After');
    },
  },
  token_life: ofBody(TOKEN, ({ expires_in: seconds }, report) =>
    report(Number(seconds) >= 3_600, 'an hour', 'less than an hour'),
  ),
  account_claim: ofBody(TOKEN, ({ access_token: token }, report) => {
    report(
      accountIn(`Bearer ${String(token)}`) !== undefined,
      'a token with the account',
      'a token without the account',
    );
  }),
  backup_region: ofRows(INSTANCES, 'resources', ({ crn, extensions }, report) => {
    const backup = within(within(extensions, 'dataservices'), 'backup');
    const [own, source] = [parseCrn(String(crn)), parseCrn(String(within(backup, 'source_data_service_crn')))];
    if (own === undefined || source === undefined) return;
    report(own.region === source.region, 'the same region', 'another region');
  }),
  older_backups: ofRows(INSTANCES, 'resources', ({ crn }, report) => {
    if (/^databases-for-.*-backup$/.test(parseCrn(String(crn))?.service ?? '')) report(true, 'a backup of that plan');
  }),
  event_nesting: ofEvents((events, report) => {
    for (const event of events) report('action' in event, 'at the top', 'deeper');
  }),
  event_id: ofEvents((events, report) => {
    const without = events.filter((event) => !('id' in event)).length;
    if (events.length > 1) report(without > 0, 'events without an id', 'an id in every event');
  }),
};

type Report = Parameters<Probe['look']>[1];

function ofBody(at: RegExp, look: (body: Row, report: Report) => void): Probe {
  return { at, look: ({ body }, report) => isRow(body) && look(body, report) };
}

function ofRows(at: RegExp, list: string, look: (row: Row, report: Report) => void): Probe {
  return ofBody(at, ({ [list]: rows }, report) => {
    if (Array.isArray(rows)) for (const row of rows.filter(isRow)) look(row, report);
  });
}

function ofEvents(look: (events: Row[], report: Report) => void): Probe {
  return {
    at: /v1\/query$/,
    look({ body }, report) {
      const entries = (Array.isArray(body) ? body : []).flatMap(
        (item) => within(within(item, 'result'), 'results') ?? [],
      );
      look(entries.map((entry) => parsed(String(within(entry, 'user_data')))).filter(isRow), report);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
