import type { Row } from './platform.ts';
import type { Sandbox, StreamName } from './server.ts';

/** A GET with the token, as a client of the API sends it. */
export function get(sandbox: Sandbox, path: string, token: string = sandbox.token): Promise<Response> {
  return fetch(sandbox.baseUrl + path, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' });
}

/** The rows of a list. */
export async function rows(sandbox: Sandbox, path: string, name: string): Promise<Row[]> {
  const body = (await (await get(sandbox, path)).json()) as { _embedded: Record<string, Row[]> };
  return body._embedded[name] ?? [];
}

/** All audit events, page by page, each with the id of the last one before as its cursor. */
export async function walk(sandbox: Sandbox, limit: number): Promise<Row[]> {
  const events: Row[] = [];
  for (;;) {
    const cursor = events.length === 0 ? '' : `&cursor=${String(events.at(-1)?.['id'])}`;
    const page = await rows(sandbox, `/audit_events?limit=${limit}${cursor}`, 'audit_events');
    if (page.length === 0) return events;
    events.push(...page);
  }
}

function withParts(recipe: Row): Row[] {
  const parts = (recipe['_embedded'] as { recipes: Row[] } | undefined)?.recipes ?? [];
  return [recipe, ...parts.flatMap(withParts)];
}

/**
 * The keys that a client finds by asking the API alone; written after the reference, not after the sandbox's own list of
 * keys, which it is there to check.
 */
export async function crawl(sandbox: Sandbox): Promise<Record<StreamName, string[]>> {
  const ids = async (path: string, name: string, key = 'id'): Promise<string[]> =>
    (await rows(sandbox, path, name)).map((row) => String(row[key]));
  const deployments = await ids('/deployments', 'deployments');
  const each = async (read: (path: string, id: string) => Promise<string[]>): Promise<string[]> =>
    (await Promise.all(deployments.map((id) => read(`/deployments/${id}`, id)))).flat();
  const made = (suffix: string, name: string, ...keys: string[]): Promise<string[]> =>
    each(async (path, id) =>
      (await rows(sandbox, path + suffix, name)).map((row) => [id, ...keys.map((key) => String(row[key]))].join('/')),
    );
  const object = (suffix: string): Promise<string[]> =>
    each(async (path, id) => ((await get(sandbox, path + suffix)).status === 200 ? [id] : []));
  const recipes = await each(async (path) =>
    (await rows(sandbox, `${path}/recipes`, 'recipes')).flatMap(withParts).map((row) => String(row['id'])),
  );
  return {
    accounts: await ids('/accounts', 'accounts'),
    audit_events: (await walk(sandbox, 100)).map((event) => String(event['id'])),
    billables: await ids('/billables', 'billables'),
    clusters: await ids('/clusters', 'clusters'),
    databases: await ids('/databases', 'applications', 'type'),
    datacenters: await ids('/datacenters', 'datacenters', 'slug'),
    deployments,
    deployments_addons: await made('/addons', 'addons', 'id'),
    deployments_alerts: await object('/alerts'),
    deployments_backups: await each((path) => ids(`${path}/backups`, 'backups')),
    deployments_recipes: [...new Set(recipes)],
    deployments_roles: await made('/roles', 'roles', 'name'),
    deployments_scalings: await object('/scalings'),
    deployments_team_roles: await made('/team_roles', 'team_roles', 'name'),
    deployments_versions: await made('/versions', 'transitions', 'from_version', 'to_version', 'method'),
    teams: await ids('/teams', 'teams'),
  };
}
