import { ConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { isPrintedAsItIs } from '../../../core/record/key.ts';
import type { Api } from '../../platform.ts';
import { objectOf } from '../api/envelope.ts';
import { failureOf } from '../api/failure.ts';
import { type Deployment, type IndependentBackup, classify, instanceKeyOf } from './instance.ts';
import { listPages, tokenIn } from '../api/pages.ts';
import { count } from '../terms.ts';

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
  /** Those that do not say now whose they are, and so are not among them. */
  sourceless: IndependentBackup[];
  /** The CRNs of all deployments and of all that backups belong to, chosen or not; undefined if only groups were asked for. */
  all: ReadonlySet<string> | undefined;
  /** The chosen ids that are neither. */
  missing: string[];
  /** Why the details of an instance could not be had, by its CRN: it stands above as far as the list tells. */
  incomplete: ReadonlyMap<string, ConnectorError>;
  requests: number;
}

/** The instances of the account: fetched once a run, whichever stream needs them first, and shared by all that do. */
export class Inventory {
  readonly #options: InventoryOptions;
  readonly #api: Api;
  readonly #incomplete = new Map<string, ConnectorError>();
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
    const details = await Promise.all(listing.lacking().map(([key, each]) => this.#complete(listing, key, each)));
    requests += details.length;
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
    const query = { type: 'service_instance', limit: PAGE_SIZE, resource_group_id: group };
    const first: Request = { origin: this.#options.controller, path: INSTANCES, query };
    const pages = listPages(this.#api, first, 'deployments', 'resources', ({ next_url: link }) =>
      tokenIn(link, TOKENS, INSTANCES),
    );
    for await (const { body, rows } of pages) {
      const { rows_count: told } = body;
      if (rows.length === 0 && typeof told === 'number' && told > 0) {
        throw unexpectedBody(INSTANCES, `it says that it has ${count(told, 'row')}, and has none`);
      }
      listing.take(rows);
      yield;
    }
  }

  /**
   * The list should hold everything; an instance of generation 2 that it shows without what it says of itself is asked for by
   * itself. If that is refused, there is no more of it; if it fails, only the reports that need it do.
   */
  async #complete(listing: Listing, key: string, { id, row, lacks }: Lacking): Promise<void> {
    const path = `${INSTANCES}/${encodeURIComponent(id)}`;
    let answer = 'its details have none';
    try {
      const whole = objectOf(await this.#api.get({ origin: this.#options.controller, path }, 'deployments'), path);
      if (isRow(whole['extensions'])) {
        listing.put(key, { ...row, extensions: whole['extensions'] });
        return;
      }
    } catch (thrown) {
      const error = failureOf(thrown);
      if (!error.isRejection) {
        this.#incomplete.set(id, error);
        return;
      }
      answer = error.answer ?? error.message;
    }
    this.#api.log('warn', `${labelOf({ id, row }, lacks.thing)} comes without ${lacks.what} (${answer})`);
  }

  #tell({ deployments, backups, instances }: Listing): void {
    const all = [...deployments.values()];
    const first = all.filter(({ generation }) => generation === 'gen1').length;
    this.#api.log(
      'info',
      `IBM Cloud lists ${count(instances, 'instance')} to this API key: ${count(first, 'deployment')} of generation 1, ${all.length - first} of generation 2, ${count(backups.size, 'independent backup')}. Instances that it may not view are not listed; the role Viewer on the database services shows all of theirs`,
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
    const sourceIsChosen = ({ id, source }: IndependentBackup): boolean =>
      // One that could not be asked is not left out in silence.
      source === undefined
        ? chosen.size === 0 || this.#incomplete.has(id)
        : isChosen(source, source.split(':')[7] ?? '');
    const everyDeployment = [...deployments.values()];
    const everyBackup = [...backups.values()];
    const known = new Set(everyDeployment.flatMap(({ id, guid }) => [spelling(id), spelling(guid)]));
    for (const { source = '' } of everyBackup) known.add(spelling(source)).add(spelling(source.split(':')[7] ?? ''));
    const missing = deploymentIds.filter((id) => !known.has(spelling(id)));
    if (missing.length > 0 && missing.length === deploymentIds.length) {
      const ids = missing.join(', ');
      const message = `None of the deployment_ids are in the resource groups that resource_group_ids names: ${ids}. Correct either of the two, or leave resource_group_ids empty.`;
      throw new ConnectorError(
        'deployments_unknown',
        resourceGroupIds.length === 0 ? { token: 'API key', ids } : { message },
      );
    }
    if (missing.length > 0) this.#api.log('warn', missingSentence(missing, resourceGroupIds));
    const wanted = everyBackup.filter(sourceIsChosen);
    const sourceless = everyBackup.filter((backup) => backup.source === undefined && !wanted.includes(backup));
    if (sourceless.length > 0) {
      const those = sourceless.length === 1 ? 'it is left out, because it does' : 'they are left out, because they do';
      this.#api.log(
        'warn',
        `deployments_backups: ${count(sourceless.length, 'independent backup')} could belong to the deployment_ids; ${those} not tell of which database`,
      );
    }
    const all = [...everyDeployment.map(({ id }) => id), ...everyBackup.map(({ id, source }) => source ?? id)];
    return {
      deployments: everyDeployment.filter(({ id, guid }) => isChosen(id, guid)),
      backups: wanted,
      sourceless,
      all: resourceGroupIds.length === 0 ? new Set(all) : undefined,
      missing,
      incomplete: this.#incomplete,
    };
  }
}

/** An instance that the list should tell more about. */
interface Lacking {
  id: string;
  row: Row;
  lacks: { thing: string; what: string };
}

const SIZES = { thing: 'deployment', what: 'its sizes, which IBM Cloud does not tell' };
const SOURCE = { thing: 'independent backup', what: 'its database and size, which IBM Cloud does not tell' };

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
      const key = isRow(row) ? instanceKeyOf(row) : undefined;
      if (!isRow(row) || key === undefined || !isPrintedAsItIs(key)) {
        const fault = isRow(row) ? 'has no id' : 'is no object';
        throw unexpectedBody(INSTANCES, `row ${i + 1} of ${rows.length} ${fault}`);
      }
      this.#seen.add(key);
      this.put(key, row);
    }
    return this.#seen.size - before;
  }

  /** Takes a row in place of the one before it, which may have passed for something else. */
  put(key: string, row: Row): void {
    this.deployments.delete(key);
    this.backups.delete(key);
    const found = classify(row);
    if (found === undefined) return;
    if ('deployment' in found) this.deployments.set(key, found.deployment);
    else this.backups.set(key, found.backup);
  }

  /** Those of generation 2 that are ready, and yet do not say what they are. */
  lacking(): Array<[key: string, instance: Lacking]> {
    const isLacking = ({ row }: { row: Row }): boolean => row['state'] === 'active' && !isRow(row['extensions']);
    const of = (instances: ReadonlyMap<string, { id: string; row: Row }>, lacks: Lacking['lacks']) =>
      [...instances]
        .filter(([, each]) => isLacking(each))
        .map(([key, each]): [string, Lacking] => [key, { ...each, lacks }]);
    const second = new Map([...this.deployments].filter(([, { generation }]) => generation === 'gen2'));
    return [...of(second, SIZES), ...of(this.backups, SOURCE)];
  }
}

/** GUIDs are hexadecimal, CRNs are compared as they are. */
function spelling(id: string): string {
  return id.includes(':') ? id : id.toLowerCase();
}

/** How texts name a deployment. */
export function labelOf({ id, row }: Pick<Deployment, 'id' | 'row'>, thing = 'deployment'): string {
  const { name } = row;
  return typeof name === 'string' && name !== '' && name.length <= 100 ? `${thing} ${name} (${id})` : `${thing} ${id}`;
}

/** For the user: which of the deployment_ids there are not, in these resource groups or at all. */
export function missingSentence(missing: readonly string[], groups: readonly string[]): string {
  const [these, do_, are] =
    missing.length === 1 ? ['This deployment id', 'does', 'is'] : ['These deployment ids', 'do', 'are'];
  const ids = missing.join(', ');
  if (groups.length === 0) return `${these} ${do_} not exist for this API key: ${ids}. Correct deployment_ids.`;
  return `${these} ${are} not in the resource groups that resource_group_ids names: ${ids}. Correct either of the two.`;
}
