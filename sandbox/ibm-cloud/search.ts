import { upTo } from '../noise.ts';
import { type Answer, type Received, type Row, json } from '../platform.ts';
import { deploymentRow, oddRows } from './deployments.ts';
import type { Refuse } from './errors.ts';
import { gen2BackupRows, gen2Row } from './gen2.ts';
import type { Pages } from './pages.ts';
import { type World, accountId } from './world.ts';

/** The user tags and access tags of the nth deployment. One deployment in four has no tags. */
function tagsOf(index: number): Row {
  if (index % 4 === 3) return {};
  const tags = [`env:${index % 2 === 0 ? 'production' : 'test'}`, ...(index % 3 === 0 ? ['team:"büro"'] : [])];
  return { tags, ...(index % 4 !== 2 && { access_tags: ['data:personal'] }) };
}

/** The search index: all generation 2 backups, and all databases except the last `untracked` generation 2 deployments. */
export function searchable(world: World): Row[] {
  const { deployments, gen2Deployments, untracked } = world.options;
  const rows = [
    ...upTo(deployments).map((index) => deploymentRow(world, index)),
    ...upTo(Math.max(0, gen2Deployments - untracked)).map((index) => gen2Row(world, index)),
    ...oddRows(world),
    ...gen2BackupRows(world),
  ];
  return rows.map(({ crn, name, resource_id }, index) => ({ crn, name, service_name: resource_id, ...tagsOf(index) }));
}

/** `POST /v3/resources/search`. Only an empty page ends the list (icd-accounts-access.md, 2.23). */
export function search(world: World, pages: Pages, { query, body, path }: Received, refuse: Refuse): Answer {
  const { account_id = accountId(world) } = query;
  if (account_id !== accountId(world)) return refuse(path, 403);
  const { search_cursor: cursor, ...asked } = body as Record<string, string | undefined>;
  // The cursor contains the original query, so the rest of the body is ignored.
  const read =
    cursor === undefined
      ? { from: 0, filters: { query: String(asked['query']), fields: String(asked['fields']) } }
      : pages.read(cursor, path);
  if (read === undefined) return refuse(path, 400, 'The cursor is not valid.');
  const { from, filters } = read;
  const services = [...(filters['query'] ?? '').matchAll(/service_name:([\w*-]+)/g)].map(([, service = '']) => service);
  const fields = ['crn', ...(filters['fields'] ?? '').split(',')];
  const found = searchable(world).filter(({ service_name }) =>
    services.some((each) => new RegExp(`^${each.replaceAll('*', '.*')}$`).test(String(service_name))),
  );
  const page = pages.byToken(
    found.slice(from),
    { limit: query['limit'] },
    { path, token: '', limit: 'limit', usual: 10, most: 1000 },
  );
  if (page === undefined) return refuse(path, 400, 'limit is not valid.');
  const items = page.items.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name))),
  );
  const more = items.length > 0 && { search_cursor: pages.token(from + items.length, filters) };
  return json(200, { limit: page.limit, ...more, items });
}
