import { setTimeout } from 'node:timers/promises';
import { ConnectorError } from '../../core/failure/errors.ts';
import type { Api } from '../platform.ts';
import { type Endpoints, databasesAt } from './api/endpoints.ts';
import { objectIn } from './api/envelope.ts';
import type { Deployment } from './account/instance.ts';
import { labelOf } from './account/inventory.ts';
import { terms } from './terms.ts';

/** So many databases are asked; one answer is enough. */
const MOST = 3;
/** How long one may keep silent before the next is asked as well. */
const PATIENCE_MS = 5_000;

/**
 * Looks whether the databases' own API gives anything to the API key (icd-api.md 2.3.2): a read copes with single ones that
 * do not. Gives what is wrong if all that were asked refuse, undefined if one answers or there is none to ask. Throws a
 * ConnectorError if they neither answer nor refuse.
 */
export async function probeDatabases(
  deployments: readonly Deployment[],
  endpoints: Endpoints,
  api: Api,
): Promise<string | undefined> {
  const asked: Array<Promise<true>> = [];
  const errors: unknown[] = [];
  for (const deployment of toAsk(deployments)) {
    const answer = look(deployment, endpoints, api);
    asked.push(answer);
    const ended = answer.catch((error: unknown) => {
      errors.push(error);
      if (error instanceof ConnectorError && error.isRejection) {
        api.log('warn', `the databases refuse ${labelOf(deployment)} (${error.answer})`);
      }
      return false;
    });
    const anyAnswer = Promise.any(asked).catch(() => ended);
    if (await Promise.race([anyAnswer, ended, setTimeout(PATIENCE_MS, false, { ref: false })])) return undefined;
  }
  if (asked.length === 0) return undefined;
  try {
    await Promise.any(asked);
    return undefined;
  } catch {
    return whyNone(errors);
  }
}

async function look({ id, region = '' }: Deployment, endpoints: Endpoints, api: Api): Promise<true> {
  const path = `deployments/${encodeURIComponent(id)}`;
  objectIn(await api.get({ origin: databasesAt(endpoints, region), path }, 'check'), 'deployment', path);
  return true;
}

/** Those of generation 1 that are ready come first, and of these one of each region before a second of any. */
function toAsk(deployments: readonly Deployment[]): Deployment[] {
  const perRegion = new Map<string, number>();
  const ranked = deployments
    .filter(({ region }) => region !== undefined)
    .map((deployment) => ({ deployment, isReady: deployment.row['state'] === 'active' }))
    .toSorted((one, other) => Number(other.isReady) - Number(one.isReady))
    .map(({ deployment, isReady }) => {
      const key = `${isReady} ${deployment.region}`;
      const place = perRegion.get(key) ?? 0;
      perRegion.set(key, place + 1);
      return { deployment, isReady, place };
    });
  return ranked
    .toSorted((one, other) => Number(other.isReady) - Number(one.isReady) || one.place - other.place)
    .slice(0, MOST)
    .map(({ deployment }) => deployment);
}

function whyNone(errors: readonly unknown[]): string {
  const failed = errors.find((error) => !(error instanceof ConnectorError) || !error.isRejection);
  if (failed !== undefined) throw failed;
  const refusals = errors as readonly ConnectorError[];
  const forbidden = refusals.find(({ status }) => status === 403);
  const which = refusals.length === 1 ? 'the one deployment' : `all ${refusals.length} deployments`;
  const role = `rant ${terms.facts.holder} the role Viewer on the database services, such as databases-for-postgresql.`;
  const advice =
    forbidden === undefined ? `Those that are new or being deleted are refused so; for others, g${role}` : `G${role}`;
  return `The databases' own API refuses ${which} that it was asked about (${(forbidden ?? refusals[0])?.answer}). ${advice}`;
}
