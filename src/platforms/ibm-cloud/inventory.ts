import { ConnectorError, asConnectorError, unexpectedBody } from '../../core/errors.ts';
import { type Request, type Row, isPrintedAsItIs, isRow } from '../../core/stream.ts';
import type { Api } from '../platform.ts';
import { listIn, objectOf } from './envelope.ts';
import { type Deployment, type IndependentBackup, classify, gen2SizesOf } from './instance.ts';
import { PageChain, tokenIn } from './page-chain.ts';

export const INSTANCES = 'v2/resource_instances';

/** The names under which the token of the next page was seen (icd-api.md 2.1). */
const TOKENS = ['start', 'next_docid', 'next_url'] as const;
const PAGE_SIZE = 100;

export interface InventoryOptions {
  /** The address of the Resource Controller. */
  controller: string;
  /** The user's choice, by CRN or GUID; none means all. */
  deploymentIds: readonly string[];
  /** None means all that the key may view. */
  resourceGroupIds: readonly string[];
}

export interface Found {
  /** The chosen deployments. */
  deployments: Deployment[];
  /** The backups of generation 2 that belong to them, or to chosen ones that are gone. */
  backups: IndependentBackup[];
  /** The CRNs of all deployments and of all that backups belong to, chosen or not; undefined if only groups were asked for. */
  all: ReadonlySet<string> | undefined;
  /** The chosen ids that are neither. */
  missing: string[];
  requests: number;
}

/** The instances of the account: fetched once a run, whichever stream needs them first, and shared by all that do. */
export class Inventory {
  readonly #options: InventoryOptions;
  readonly #api: Api;
  #loading: Promise<Found> | undefined;

  constructor(options: InventoryOptions, api: Api) {
    this.#options = options;
    this.#api = api;
  }

  /** Throws a ConnectorError, the same for everyone: without the list none of its reports can be read. */
  load(): Promise<Found> {
    return (this.#loading ??= this.#load());
  }

  /** What is found up to the first page that has a deployment, for whoever wants no more than to see one. */
  async glance(): Promise<Deployment[]> {
    const found = new Listing();
    for (const group of this.#groups()) {
      for await (const _ of this.#pages(group, found)) {
        if (found.deployments.size > 0) return [...found.deployments.values()];
      }
    }
    return [];
  }

  async #load(): Promise<Found> {
    const listing = new Listing();
    let requests = 0;
    for (const group of this.#groups()) for await (const _ of this.#pages(group, listing)) requests += 1;
    for (const deployment of listing.deployments.values()) {
      if (deployment.generation === 'gen1' || deployment.row['state'] !== 'active') continue;
      if (gen2SizesOf(deployment) !== undefined || isRow(deployment.row['extensions'])) continue;
      requests += await this.#complete(deployment);
    }
    this.#tell(listing);
    return { ...this.#choose(listing), requests };
  }

  /** One chain of pages for each group, or one for all. */
  #groups(): ReadonlyArray<string | undefined> {
    const { resourceGroupIds } = this.#options;
    return resourceGroupIds.length === 0 ? [undefined] : resourceGroupIds;
  }

  /** Asks for page after page and takes each in. An empty `next_url` is the only end of the list (icd-api.md 2.1). */
  async *#pages(group: string | undefined, listing: Listing): AsyncGenerator<void, void, void> {
    const filters = { type: 'service_instance', limit: PAGE_SIZE, resource_group_id: group };
    const chain = new PageChain(INSTANCES);
    let request: Request = { origin: this.#options.controller, path: INSTANCES, query: filters };
    for (;;) {
      const body = await this.#api.get(request, 'deployments');
      const news = listing.take(listIn(body, 'resources', INSTANCES));
      const next = tokenIn(objectOf(body, INSTANCES)['next_url'], TOKENS, INSTANCES);
      chain.follow(news, next);
      yield;
      if (next === undefined) return;
      request = { ...request, query: { ...filters, [next.name]: next.value } };
    }
  }

  /** The list should hold everything; an instance of generation 2 that it shows without its sizes is asked for by itself. */
  async #complete(deployment: Deployment): Promise<number> {
    const path = `${INSTANCES}/${encodeURIComponent(deployment.id)}`;
    try {
      const row = objectOf(await this.#api.get({ origin: this.#options.controller, path }, 'deployments'), path);
      if (isRow(row['extensions'])) deployment.row['extensions'] = row['extensions'];
    } catch (thrown) {
      const error = asConnectorError(thrown);
      if (!error.refused) throw thrown;
      this.#api.log(
        'warn',
        `${labelOf(deployment)} comes without its sizes: IBM Cloud does not tell them (${error.answer})`,
      );
    }
    return 1;
  }

  #tell({ deployments, backups, instances }: Listing): void {
    const all = [...deployments.values()];
    const first = all.filter(({ generation }) => generation === 'gen1').length;
    this.#api.log(
      'info',
      `IBM Cloud lists ${instances} instances to this API key: ${first} deployments of generation 1, ${all.length - first} of generation 2, ${backups.size} independent backups. Instances that it may not view are not listed; the role Viewer on the database services shows all of theirs`,
    );
    for (const deployment of all) {
      if (deployment.generation === 'gen2' || deployment.region !== undefined) continue;
      this.#api.log(
        'warn',
        `${labelOf(deployment)} has a CRN that does not tell where to ask about it, so its own reports are not read. It stays in deployments`,
      );
    }
  }

  #choose({ deployments, backups }: Listing): Omit<Found, 'requests'> {
    const { deploymentIds, resourceGroupIds } = this.#options;
    const chosen = new Set(deploymentIds.map(spelling));
    const isChosen = (crn: string, guid: string): boolean =>
      chosen.size === 0 || chosen.has(spelling(crn)) || chosen.has(spelling(guid));
    const sourceIsChosen = ({ source = '' }: IndependentBackup): boolean =>
      isChosen(source, source.split(':')[7] ?? '');
    const everyDeployment = [...deployments.values()];
    const everyBackup = [...backups.values()];
    const known = new Set(everyDeployment.flatMap(({ id, guid }) => [spelling(id), spelling(guid)]));
    for (const { source = '' } of everyBackup) known.add(spelling(source)).add(spelling(source.split(':')[7] ?? ''));
    const missing = deploymentIds.filter((id) => !known.has(spelling(id)));
    if (missing.length > 0 && missing.length === deploymentIds.length) {
      throw new ConnectorError('deployments_unknown', { token: 'API key', ids: missing.join(', ') });
    }
    if (missing.length > 0) this.#api.log('warn', missingSentence(missing));
    const all = [...everyDeployment.map(({ id }) => id), ...everyBackup.map(({ id, source }) => source ?? id)];
    return {
      deployments: everyDeployment.filter(({ id, guid }) => isChosen(id, guid)),
      backups: everyBackup.filter(sourceIsChosen),
      all: resourceGroupIds.length === 0 ? new Set(all) : undefined,
      missing,
    };
  }
}

/** Rows as they come in, each instance once: the list is no snapshot, and may show one on two pages. */
class Listing {
  readonly deployments = new Map<string, Deployment>();
  readonly backups = new Map<string, IndependentBackup>();
  readonly #seen = new Set<string>();

  get instances(): number {
    return this.#seen.size;
  }

  /** Gives how many of the rows are new. Throws `unexpected_body` for one that cannot be told from others. */
  take(rows: readonly unknown[]): number {
    const before = this.#seen.size;
    for (const [i, row] of rows.entries()) {
      const key = isRow(row) ? keyOf(row) : undefined;
      if (!isRow(row) || key === undefined) {
        const fault = isRow(row) ? 'has no id' : 'is no object';
        throw unexpectedBody(INSTANCES, `row ${i + 1} of ${rows.length} ${fault}`);
      }
      this.#seen.add(key);
      const found = classify(row);
      if (found === undefined) continue;
      if ('deployment' in found) this.deployments.set(key, found.deployment);
      else this.backups.set(key, found.backup);
    }
    return this.#seen.size - before;
  }
}

function keyOf({ guid, id, crn }: Row): string | undefined {
  const found = [guid, id, crn].find((text) => typeof text === 'string' && text !== '');
  return typeof found === 'string' && isPrintedAsItIs(found) ? found : undefined;
}

/** GUIDs are hexadecimal, CRNs are compared as they are. */
function spelling(id: string): string {
  return id.includes(':') ? id : id.toLowerCase();
}

/** How texts name a deployment. */
export function labelOf({ id, row }: Deployment): string {
  const { name } = row;
  return typeof name === 'string' && name !== '' && name.length <= 100
    ? `deployment ${name} (${id})`
    : `deployment ${id}`;
}

/** For the user: which of the deployment_ids there are not. */
export function missingSentence(missing: readonly string[]): string {
  const these = missing.length === 1 ? 'This deployment id does' : 'These deployment ids do';
  return `${these} not exist for this API key: ${missing.join(', ')}. Correct deployment_ids.`;
}
