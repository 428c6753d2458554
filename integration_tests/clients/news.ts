import type { Sandbox } from '../../sandbox/server.ts';
import type { Counts } from './report.ts';

/** How far the connector goes back behind its mark; the default of lookback_window_seconds. */
const LOOKBACK_MS = 60_000;
const NEW_EVENTS = 7;

/** The streams of which a second read brings only what is new. */
export const INCREMENTAL = ['audit_events', 'deployments_recipes'];

/** What changed in the sandbox between two reads. */
export interface News {
  /** The rows that the second read must bring: of incremental streams only what is new, and the boundary. */
  expected: Counts;
  /** A recipe that was there before and has changed. */
  changed: { id: string; updatedAt: string };
}

/**
 * Lets things happen in the sandbox: audit events come, recipes change and come. What the second read must bring then is
 * made out from the API's own answers.
 */
export async function makeNews(sandbox: Sandbox): Promise<News> {
  const events = await ask(sandbox, 'audit_events?limit=100');
  const newestEvents = boundary(events.map(({ id, created_at }) => ({ id, at: created_at })));
  const recipes = new Set<string>();
  for (const id of sandbox.deploymentIds) {
    const rows = withSteps(await ask(sandbox, `deployments/${id}/recipes`));
    for (const known of boundary(rows.map((row) => ({ id: row.id, at: row.updated_at })))) recipes.add(known);
  }

  sandbox.addEvents(NEW_EVENTS);
  const changed = sandbox.touchRecipe();
  const more = [sandbox.touchRecipe(), sandbox.addRecipe(), sandbox.addRecipe(sandbox.deploymentIds.at(-1))];
  for (const { id } of [changed, ...more]) recipes.add(id);

  const expected = {
    ...sandbox.counts(),
    audit_events: newestEvents.size + NEW_EVENTS,
    deployments_recipes: recipes.size,
  };
  return { expected, changed };
}

interface Row {
  id: string;
  created_at?: string;
  updated_at?: string;
  _embedded?: { recipes?: Row[] };
}

async function ask(sandbox: Sandbox, path: string): Promise<Row[]> {
  const headers = { authorization: `Bearer ${sandbox.token}` };
  const answer = await fetch(`${sandbox.baseUrl}/${path}`, { headers });
  const body = (await answer.json()) as { _embedded: Record<string, Row[]> };
  return Object.values(body._embedded)[0] ?? [];
}

function withSteps(rows: Row[]): Row[] {
  return rows.flatMap((row) => [row, ...withSteps(row._embedded?.recipes ?? [])]);
}

/** The rows that are read again: those within the look-back of the newest one, and those of no date. */
function boundary(rows: Array<{ id: string; at: string | undefined }>): Set<string> {
  const moments = rows.map(({ id, at }) => ({ id, ms: at === undefined ? undefined : Date.parse(at) }));
  const newest = Math.max(...moments.map(({ ms }) => ms ?? 0));
  return new Set(moments.filter(({ ms }) => ms === undefined || ms >= newest - LOOKBACK_MS).map(({ id }) => id));
}
