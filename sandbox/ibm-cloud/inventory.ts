import { upTo } from '../noise.ts';
import { type Answer, type QueryParameters, type Received, type Row, json } from '../platform.ts';
import { createdOf, deploymentRow, instanceName, instanceRow, oddRows, otherRows } from './deployments.ts';
import type { Refuse } from './errors.ts';
import { gen2BackupRows, gen2Row } from './gen2.ts';
import { type Pages, lastPage, link } from './pages.ts';
import { resourceGroups } from './resource-groups.ts';
import { Kind, type World, accountId, crn, fakeSecret, regionOf, uuid } from './world.ts';

/** The query parameters that filter by the field of the same name. */
const FILTERS = ['type', 'sub_type', 'guid', 'name', 'resource_group_id', 'resource_id', 'resource_plan_id'] as const;

/** The states that are listed by default. According to some sources, the default includes additional states (icd-api.md, 2.1). */
const SHOWN_STATES = new Set(['active', 'provisioning']);

interface Entry {
  readonly row: Row;
  /** Whether the key can't view the instance. Hidden instances are counted when the list is divided into pages, and removed afterward. */
  readonly hidden: boolean;
}

/** `GET /v2/resource_instances`: all instances in the account, paginated (icd-api.md, 2.1). */
export function listInstances(world: World, pages: Pages, received: Received, refuse: Refuse): Answer {
  const { query, path } = received;
  const tokenName = world.options.inventoryToken;
  const token = query['start'] ?? query['next_docid'] ?? query['next_url'];
  const read = token === undefined ? { from: 0, filters: filtersOf(query) } : pages.read(String(token), path);
  if (read === undefined) return refuse(path, 400, 'The page token is not valid.');
  const { filters } = read;
  const list = entries(world).filter(({ row }) => matches(row, filters));
  const limit = filters['limit'] ?? query['limit'];
  const from = token === undefined ? {} : { token: String(token) };
  const page = pages.byToken(list, { ...from, limit }, { path, token: 'token', limit: 'limit', usual: 100, most: 100 });
  if (page === undefined) return refuse(path, 400, 'limit is not valid.');
  const resources = page.items.filter(({ hidden }) => !hidden).map(({ row }) => row);
  const next = (at: number): Row => {
    const value = pages.token(at, { ...filters, limit: String(page.limit) });
    const shown = tokenName === 'next_docid' ? { limit: String(page.limit), account_id: accountId(world) } : {};
    return { next_url: link('/v2/resource_instances', shown, { [tokenName]: value }) };
  };
  const end = page.next === undefined ? lastPage(world.options.lastPage, 'next_url') : next(page.next);
  return json(200, { rows_count: resources.length, ...end, resources });
}

/** `GET /v2/resource_instances/:id`, by GUID or CRN. */
export function oneInstance(world: World, { parameters, path }: Received, refuse: Refuse): Answer {
  const { id } = parameters;
  const entry = entries(world).find(({ row, hidden }) => !hidden && (row['guid'] === id || row['crn'] === id));
  return entry === undefined ? refuse(path, 404, 'Instance not found') : json(200, entry.row);
}

/** `GET /v2/resource_keys`: the users of databases, with their passwords (icd-accounts-access.md, 2.21). */
export function listResourceKeys(world: World): Answer {
  const instances = entries(world).filter(({ hidden }) => !hidden);
  const resources = instances.map(({ row: { guid, crn } }, index) => ({
    guid: uuid(world, Kind.secret, 2, index),
    name: `login-${index}`,
    source_crn: crn,
    resource_instance_url: `/v2/resource_instances/${String(guid)}`,
    credentials: { username: 'admin', password: fakeSecret(world, 15, index) },
  }));
  return json(200, { rows_count: resources.length, next_url: null, resources });
}

/** `GET /v2/resource_groups` (icd-api.md, 2.2), which is not paginated. */
export function listResourceGroups(world: World, { query, path }: Received, refuse: Refuse): Answer {
  const account = query['account_id'];
  if (account !== undefined && account !== accountId(world)) return refuse(path, 403);
  const name = query['name'];
  return json(200, { resources: resourceGroups(world).filter((row) => name === undefined || row['name'] === name) });
}

/**
 * Instances in the API's default order, by name. The instances that the key can't view form one block in the middle.
 */
function entries(world: World): Entry[] {
  const { deployments, gen2Deployments } = world.options;
  const rows = [
    ...upTo(deployments).map((index) => deploymentRow(world, index)),
    ...upTo(gen2Deployments).map((index) => gen2Row(world, index)),
    ...gen2BackupRows(world),
    ...oddRows(world),
    ...otherRows(world),
  ].toSorted((one, other) => (String(one['name']) < String(other['name']) ? -1 : 1));
  const shown = rows.map((row) => ({ row, hidden: false }));
  const hidden = upTo(world.options.hiddenInstances).map((index) => ({ row: hiddenRow(world, index), hidden: true }));
  return shown.toSpliced(Math.floor(shown.length / 2), 0, ...hidden, { row: removedRow(world), hidden: false });
}

function hiddenRow(world: World, index: number): Row {
  const service = 'databases-for-postgresql';
  const guid = uuid(world, Kind.hidden, 0, index);
  const region = regionOf(world, index);
  return instanceRow(world, {
    index,
    id: crn(world, { service, region, guid }),
    guid,
    name: instanceName(index, 'hidden'),
    service,
    plan: `${service}-standard`,
    region,
    created: createdOf(world, index + 900),
  });
}

/** A deleted instance, listed only if the request specifies its state. */
function removedRow(world: World): Row {
  const row = hiddenRow(world, 1_000_000);
  return { ...row, name: 'removed', state: 'removed', deleted_at: row['updated_at'], deleted_by: 'IBMid-0000000001' };
}

function filtersOf(query: QueryParameters): Record<string, string> {
  const filters = [...FILTERS, 'state'].flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]]));
  return Object.fromEntries(filters.map(([name, value]) => [String(name), String(value)]));
}

function matches(row: Row, filters: Readonly<Record<string, string>>): boolean {
  const { state } = filters;
  if (state === undefined ? !SHOWN_STATES.has(String(row['state'])) : row['state'] !== state) return false;
  return FILTERS.every((name) => filters[name] === undefined || row[name] === filters[name]);
}
