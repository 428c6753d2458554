import type { Row } from '../platform.ts';
import type { IbmCloudSandbox, IbmCloudStreamName } from '../server.ts';

/** An IAM token for the key of the sandbox, as a client gets it. */
export async function tokenOf(sandbox: IbmCloudSandbox): Promise<string> {
  const answer = await askForToken(sandbox, sandbox.apiKey);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** `POST /identity/token` with a key, right or wrong. */
export function askForToken(sandbox: IbmCloudSandbox, apikey: string): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey });
  return fetch(`${sandbox.endpoints.iam}/identity/token`, { method: 'POST', body });
}

/** A plain client of the sandbox with a token, written after icd-api.md, section 2. */
export class Crawler {
  readonly #sandbox: IbmCloudSandbox;
  readonly #token: string;

  constructor(sandbox: IbmCloudSandbox, token: string) {
    this.#sandbox = sandbox;
    this.#token = token;
  }

  /** A GET of an address, or of a path below the sandbox. */
  get(path: string): Promise<Response> {
    const address = path.startsWith('http') ? path : this.#sandbox.baseUrl + path;
    return fetch(address, { headers: { authorization: `Bearer ${this.#token}` }, redirect: 'manual' });
  }

  async body(path: string): Promise<Row> {
    const answer = await this.get(path);
    if (answer.status !== 200) throw new Error(`${answer.status} for ${path}`);
    return (await answer.json()) as Row;
  }

  /** The rows of all pages. The next page is asked for by the token that `next` of a body holds, if there is one. */
  async rows(path: string, list: string, next: (body: Row) => Record<string, string> | undefined): Promise<Row[]> {
    const rows: Row[] = [];
    let address = path;
    for (;;) {
      const body = await this.body(address);
      rows.push(...(body[list] as Row[]));
      const parameters = next(body);
      if (parameters === undefined) return rows;
      const url = new URL(path, this.#sandbox.baseUrl);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      address = url.href;
    }
  }

  instances(query = ''): Promise<Row[]> {
    const path = `/resource-controller/v2/resource_instances?type=service_instance&limit=100${query}`;
    return this.rows(path, 'resources', ({ next_url }) =>
      isLink(next_url) ? tokenIn(next_url, 'start', 'next_docid', 'next_url') : undefined,
    );
  }

  usage(month: string, scope = `accounts/${this.#sandbox.accountId}`): Promise<Row[]> {
    const path = `/billing/v4/${scope}/resource_instances/usage/${month}?_names=true&_limit=200`;
    return this.rows(path, 'resources', ({ next }) => {
      if (!next) return undefined;
      const { href, offset } = next as Record<string, string>;
      return linkHas(href, '_start') ? tokenIn(String(href), '_start') : { _start: decodeURIComponent(String(offset)) };
    });
  }

  groups(): Promise<Row[]> {
    return this.#byOffset(`/iam/v2/groups?account_id=${this.#sandbox.accountId}&limit=100`, 'groups');
  }

  members(group: string): Promise<Row[]> {
    const path = `/iam/v2/groups/${group}/members?membership_type=all&verbose=true&limit=100`;
    return this.#byOffset(path, 'members');
  }

  policies(): Promise<Row[]> {
    const path = `/iam/v2/policies?account_id=${this.#sandbox.accountId}&type=access`;
    return this.rows(path, 'policies', ({ next }) => {
      if (!next) return undefined;
      const { href, start } = next as Record<string, string>;
      return start === undefined ? tokenIn(String(href), 'start') : { start };
    });
  }

  users(): Promise<Row[]> {
    const path = `/user-management/v2/accounts/${this.#sandbox.accountId}/users?limit=100`;
    return this.rows(path, 'resources', ({ next_url }) => (isLink(next_url) ? tokenIn(next_url, '_start') : undefined));
  }

  #byOffset(path: string, list: string): Promise<Row[]> {
    return this.rows(path, list, ({ next }) =>
      next ? tokenIn((next as Record<string, string>)['href'] ?? '', 'offset') : undefined,
    );
  }

  /** What the databases say about a deployment: the field of the answer, or undefined where they refuse it. */
  async database(deployment: string, report: string): Promise<unknown> {
    const answer = await this.get(this.databasePath(deployment, report));
    if (answer.status === 404 || answer.status === 422) return undefined;
    if (answer.status !== 200) throw new Error(`${answer.status} for ${report} of ${deployment}`);
    return Object.values((await answer.json()) as Row)[0];
  }

  databasePath(deployment: string, report: string): string {
    const region = deployment.split(':')[5] ?? '';
    const base = this.#sandbox.endpoints.databases.replace('{region}', region);
    return `${base}/deployments/${encodeURIComponent(deployment)}${report}`;
  }

  /** All items of the stream of events that a query of the logs gives. */
  async query(crn: string, from: number, to: number, more: object = {}, query = 'source logs'): Promise<Response> {
    const [, , , , , region = '', , guid = ''] = crn.split(':');
    const address = this.#sandbox.endpoints.logs.replace('{region}', region).replace('{instance}', guid);
    const start_date = new Date(from).toISOString();
    const end_date = new Date(to).toISOString();
    return fetch(`${address}/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, metadata: { start_date, end_date, ...more } }),
    });
  }
}

/** The items in a stream of server-sent events. */
export function itemsOf(stream: string): Row[] {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Row);
}

/** The results in a stream, each with the text of its event. */
export function resultsOf(stream: string): { user_data: string; labels: { key: string; value: string }[] }[] {
  return itemsOf(stream).flatMap(({ result }) => (result as { results: never[] } | undefined)?.results ?? []);
}

function isLink(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function linkHas(link: string | undefined, name: string): boolean {
  return new URL(String(link), 'http://any').searchParams.has(name);
}

/** The first of the parameters that a link has; a link without any of them is no end of the list, but a fault. */
function tokenIn(link: string, ...names: readonly string[]): Record<string, string> {
  const { searchParams } = new URL(link, 'http://any');
  const name = names.find((one) => searchParams.has(one));
  if (name === undefined) throw new Error(`no token in ${link}`);
  return { [name]: searchParams.get(name) ?? '' };
}

const DATABASE = /^crn:v1:[^:]*:[^:]*:(databases|messages)-for-/;

const DAY = 86_400_000;

/**
 * The keys that a client finds by asking the API alone; written after the reference, not after the sandbox's own list of
 * keys, which it is there to check.
 */
export async function crawlIbmCloud(sandbox: IbmCloudSandbox): Promise<Record<IbmCloudStreamName, string[]>> {
  const crawler = new Crawler(sandbox, await tokenOf(sandbox));
  const { accountId } = sandbox;
  const instances = await crawler.instances();
  const idOf = (row: Row): string => String(row['id']);
  const extensionsOf = (row: Row): Row => (row['extensions'] as { dataservices: Row } | undefined)?.dataservices ?? {};
  const backups = instances.filter((row) => 'backup' in extensionsOf(row));
  const deployments = instances.filter((row) => DATABASE.test(idOf(row)) && !backups.includes(row));
  const isGen2 = (row: Row): boolean =>
    /-gen2($|-)/.test(String(row['resource_plan_id'])) ||
    'extensions' in row ||
    idOf(row).includes(':databases-for-valkey:');
  const gen1 = deployments.filter((row) => !isGen2(row) && /^([^:]*:){5}[a-z0-9-]+(:[^:]*){4}$/.test(idOf(row)));
  const each = async (report: string, keys: (value: never, id: string) => string[]): Promise<string[]> => {
    const found = await Promise.all(
      gen1.map(async (row) => {
        const value = await crawler.database(idOf(row), report);
        return value === undefined ? [] : keys(value as never, idOf(row));
      }),
    );
    return found.flat();
  };
  const ids = (rows: Row[]): string[] => rows.map(idOf);
  const any = `/databases/us-south/v5/ibm`;
  const month = (back: number): string => {
    const now = new Date(sandbox.now());
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7);
  };
  const usage: Row[] = [];
  for (
    let back = 0;
    (await crawler.get(`/billing/v4/accounts/${accountId}/resource_instances/usage/${month(back)}`)).status === 200;
    back += 1
  ) {
    usage.push(...(await crawler.usage(month(back))));
  }
  const policies = await crawler.policies();
  return {
    accounts: [idOf(await crawler.body(`/accounts/v4/accounts/${accountId}`))],
    audit_events: await auditEvents(sandbox, crawler),
    billables: usage
      .filter((row) => DATABASE.test(String(row['resource_instance_id'])))
      .flatMap(usageRowKeys)
      .map(numbered()),
    databases: ((await crawler.body(`${any}/deployables`))['deployables'] as Row[]).map(({ type }) => String(type)),
    datacenters: ((await crawler.body(`${any}/regions`))['regions'] as string[]).map((region) => `ibm:${region}`),
    deployments: ids(deployments),
    deployments_allowlists: await each('/allowlists/ip_addresses', (rows: Row[], id) =>
      rows.map(({ address }) => `${id}/${String(address)}`),
    ),
    deployments_autoscalings: await each('/groups/member/autoscaling', (value: Row, id) =>
      Object.keys(value).map((resource) => `${id}/member/${resource}`),
    ),
    deployments_backups: [...(await each('/backups', ids)), ...ids(backups)],
    deployments_recipes: await each('/tasks', ids),
    deployments_recovery_windows: await each('/point_in_time_recovery_data', (_value, id) => [id]),
    deployments_replicas: await each('/remotes', (_value, id) => [id]),
    deployments_roles: policyParts(policies, 'iam_id'),
    deployments_scalings: [
      ...(await each('/groups', (rows: Row[], id) => rows.map((row) => `${id}/${idOf(row)}`))),
      ...deployments.filter((row) => isGen2(row) && 'extensions' in row).map((row) => `${idOf(row)}/member`),
    ],
    deployments_team_roles: policyParts(policies, 'access_group_id'),
    deployments_versions: await each(
      '/capability/versions',
      ({ versions }: { versions: { transitions: Row[] }[] }, id) =>
        versions.flatMap(({ transitions }) =>
          transitions.map(({ from_version, to_version, method }) => [id, from_version, to_version, method].join('/')),
        ),
    ),
    resource_groups: ids(
      (await crawler.body(`/resource-controller/v2/resource_groups?account_id=${accountId}`))['resources'] as Row[],
    ),
    teams: ids(await crawler.groups()),
  };
}

function usageRowKeys(row: Row): string[] {
  const { month, resource_instance_id, plan_id, region, pricing_country } = row;
  return (row['usage'] as Row[]).map(({ metric }) =>
    [month, resource_instance_id, plan_id, metric, region, pricing_country].join('/'),
  );
}

/** Puts a number behind a key that has been there before. */
function numbered(): (key: string) => string {
  const seen = new Map<string, number>();
  return (key) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}/${count}`;
  };
}

interface PolicyRow {
  readonly id: string;
  readonly subject: { attributes: { key: string; value: string | string[] }[] };
  readonly resource: { attributes: { key: string; value: string }[] };
  readonly control: { grant: { roles: { role_id: string }[] } };
}

/** Policy, role and subject, where a policy names a database service, or no service and not the platform's own. */
function policyParts(rows: readonly Row[], subjectKey: string): string[] {
  return (rows as unknown as PolicyRow[]).flatMap(({ id, subject, resource, control }) => {
    const named = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value]));
    const { serviceName, serviceType } = named;
    const opens =
      serviceName === undefined ? serviceType !== 'platform_service' : /^(databases|messages)-for-/.test(serviceName);
    if (!opens) return [];
    const subjects = subject.attributes.filter(({ key }) => key === subjectKey).flatMap(({ value }) => value);
    return subjects.flatMap((one) =>
      control.grant.roles.map(({ role_id }) => [id, role_id.split(':').at(-1), one].join('/')),
    );
  });
}

/** The correlation ids of all events of databases, asked for in windows of a week, each once. */
async function auditEvents(sandbox: IbmCloudSandbox, crawler: Crawler): Promise<string[]> {
  const found = new Set<string>();
  for (const crn of sandbox.logsInstances) {
    for (let to = sandbox.now(); to > sandbox.now() - 42 * DAY; to -= 7 * DAY) {
      const text = await (await crawler.query(crn, to - 7 * DAY, to)).text();
      for (const { user_data, labels } of resultsOf(text)) {
        const subsystem = labels.find(({ key }) => key === 'subsystemname')?.value ?? '';
        if (/^(databases|messages)-for-/.test(subsystem)) {
          found.add(/correlationId\W+([0-9a-f-]{36})/.exec(user_data)?.[1] ?? user_data);
        }
      }
    }
  }
  return [...found];
}
