import { ConnectorError } from '../../core/failure/errors.ts';
import type { Account } from './account/account.ts';
import type { Deployment } from './account/instance.ts';
import { reportOf } from './account/partitions.ts';
import { databasesAt } from './api/endpoints.ts';
import { objectIn } from './api/envelope.ts';
import { terms } from './terms.ts';

/** At most this many deployments are requested, and one successful request is enough. */
const MAX_PROBES = 3;

/**
 * Checks that the databases API accepts the API key (icd-api.md 2.3.2). Returns the problem if the API rejects all
 * requests, or undefined if it accepts a request or there is nothing to request. Throws a ConnectorError for any other failure.
 */
export async function probeDatabases(
  deployments: readonly Deployment[],
  account: Account,
): Promise<string | undefined> {
  const probes = candidates(deployments).map(async ({ id, region }) => {
    const request = reportOf({ id, origin: databasesAt(account.config.endpoints, region) }, '');
    objectIn(await account.api.get(request, 'check'), 'deployment', request.path);
  });
  if (probes.length === 0) return undefined;
  try {
    await Promise.any(probes);
    return undefined;
  } catch (thrown) {
    const { errors } = thrown as AggregateError;
    const failure: unknown = errors.find((error) => !(error instanceof ConnectorError && error.isRejection));
    if (failure !== undefined) throw failure;
    return rejectionSentence(errors as ConnectorError[]);
  }
}

/** One deployment per region, preferably an active one. */
function candidates(deployments: readonly Deployment[]): Array<{ id: string; region: string }> {
  const active = deployments.filter(({ row }) => row['state'] === 'active');
  const byRegion = new Map<string, string>();
  for (const { id, region } of [...active, ...deployments]) {
    if (region !== undefined && !byRegion.has(region)) byRegion.set(region, id);
  }
  return [...byRegion].slice(0, MAX_PROBES).map(([region, id]) => ({ id, region }));
}

function rejectionSentence(errors: readonly ConnectorError[]): string {
  const { answer, facts } = errors.find(({ status }) => status === 403) ?? errors[0] ?? {};
  const { holder } = { ...terms.facts, ...facts };
  return `The database API rejected all ${errors.length} requests for a deployment (${answer}). Unless these deployments are new or being deleted, grant ${holder} the Viewer role on the database services, such as databases-for-postgresql.`;
}
