import { ConnectorError, unexpectedBody } from '../../core/failure/errors.ts';
import type { Partition, Partitions } from '../../core/retrieval/partitions.ts';
import type { Request } from '../../core/stream/request.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { isPrintedAsItIs } from '../../core/record/key.ts';
import type { Api } from '../platform.ts';
import { embeddedRows } from './envelope.ts';

const LIST: Request = { path: 'deployments' };

export interface Deployments {
  /** The rows of the chosen deployments. */
  rows: Row[];
  /** Their ids: the partitions of the per-deployment streams. */
  ids: string[];
  /** The ids of all that the API has, chosen or not; undefined if it left out its list. */
  all: ReadonlySet<string> | undefined;
  /** Every deployment is chosen. */
  isWhole: boolean;
}

/** The list of deployments: fetched once a run, whichever stream needs it first, and shared by all that do. */
export class DeploymentList {
  readonly #chosen: readonly string[];
  readonly #api: Api;
  #loading: Promise<Deployments> | undefined;
  #partitions: Promise<Partitions> | undefined;

  /** `chosen`: the user's deployment_ids; none means all. */
  constructor(chosen: readonly string[], api: Api) {
    this.#chosen = chosen;
    this.#api = api;
  }

  /** Throws a ConnectorError, the same for everyone: without the list none of its reports can be read. */
  load(): Promise<Deployments> {
    return (this.#loading ??= this.#load());
  }

  /** The same as partitions, which all per-deployment streams share: with thousands of deployments, they take up megabytes. */
  partitions(): Promise<Partitions> {
    return (this.#partitions ??= this.load().then(({ ids, all, isWhole }) => {
      const chosen = ids.map((id) => ({ id, label: `deployment ${id}`, fields: { deployment_id: id } }));
      return { chosen, all, isWhole };
    }));
  }

  async #load(): Promise<Deployments> {
    const {
      rows,
      warnings,
      missing: unlisted,
    } = embeddedRows(await this.#api.get(LIST, 'deployments'), 'deployments', LIST.path);
    for (const warning of warnings) this.#api.log('warn', warning);
    const byId = new Map(rows.map((row, i) => [idOf(row, i), row as Row]));
    const missing = this.#chosen.filter((id) => !byId.has(id));
    if (this.#chosen.length > 0 && missing.length === this.#chosen.length) {
      throw new ConnectorError('deployments_unknown', { token: 'API token', ids: missing.join(', ') });
    }
    if (missing.length > 0) this.#api.log('warn', missingSentence(missing));
    const ids = this.#chosen.length === 0 ? [...byId.keys()] : this.#chosen.filter((id) => byId.has(id));
    return {
      ids,
      rows: ids.map((id) => byId.get(id) ?? {}),
      all: unlisted ? undefined : new Set(byId.keys()),
      isWhole: this.#chosen.length === 0 && unlisted !== true,
    };
  }
}

/** The partitions of a per-deployment stream. */
export function eachDeployment({ deployments }: { deployments: DeploymentList }): Promise<Partitions> {
  return deployments.partitions();
}

/** The request for one report of one deployment. */
export function ofDeployment({ id }: Partition, report: string): Request {
  return { path: `deployments/${encodeURIComponent(id)}/${report}` };
}

/** For the user: which of the deployment_ids the API does not have. */
export function missingSentence(missing: readonly string[]): string {
  const these = missing.length === 1 ? 'This deployment id does' : 'These deployment ids do';
  return `${these} not exist for this API token: ${missing.join(', ')}. Correct deployment_ids.`;
}

function idOf(row: unknown, i: number): string {
  const id = isRow(row) ? row['id'] : undefined;
  if (typeof id === 'number') {
    if (Number.isSafeInteger(id)) return String(id);
    throw unexpectedBody(
      LIST.path,
      `row ${i + 1} has a number beyond 2^53 for its id, which JSON readers do not keep exactly`,
    );
  }
  if (typeof id !== 'string' || id === '') throw unexpectedBody(LIST.path, `row ${i + 1} has no id`);
  if (!isPrintedAsItIs(id)) throw unexpectedBody(LIST.path, `row ${i + 1} has an id that is not valid Unicode text`);
  return id;
}
