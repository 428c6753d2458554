import { ConnectorError, unexpectedBody } from '../../core/failure/errors.ts';
import { isPrintedAsItIs } from '../../core/record/key.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import type { Partition, Partitions } from '../../core/retrieval/partitions.ts';
import type { Request } from '../../core/stream/request.ts';
import type { Api } from '../platform.ts';
import { embeddedRows } from './envelope.ts';

const PATH = 'deployments';

interface Deployments {
  /** The selected deployments. */
  rows: Row[];
  /** Their ids. */
  ids: string[];
  /** The ids of all deployments; undefined if the response has no list. */
  all: ReadonlySet<string> | undefined;
  /** Whether all deployments are selected. */
  isWhole: boolean;
}

/** The list of deployments, which is requested once per sync. */
export class DeploymentList {
  readonly #selected: readonly string[];
  readonly #api: Api;
  #loading: Promise<Deployments> | undefined;
  #partitions: Promise<Partitions> | undefined;

  /** `selected`: the user's deployment_ids; empty means all. */
  constructor(selected: readonly string[], api: Api) {
    this.#selected = selected;
    this.#api = api;
  }

  /** Throws a ConnectorError, the same one for all streams. */
  load(): Promise<Deployments> {
    return (this.#loading ??= this.#load());
  }

  /** The partitions that all per-deployment streams share: those of thousands of deployments take megabytes. */
  partitions(): Promise<Partitions> {
    return (this.#partitions ??= this.load().then(({ ids, all, isWhole }) => {
      const chosen = ids.map((id) => ({ id, label: `deployment ${id}`, fields: { deployment_id: id } }));
      return { chosen, all, isWhole };
    }));
  }

  async #load(): Promise<Deployments> {
    const { rows, warnings, missing } = embeddedRows(await this.#api.get({ path: PATH }, PATH), PATH, PATH);
    for (const warning of warnings) this.#api.log('warn', warning);
    const byId = new Map(rows.map((row, i) => [idOf(row, i), row as Row]));
    const unknown = this.#selected.filter((id) => !byId.has(id));
    if (unknown.length > 0) {
      if (unknown.length === this.#selected.length) {
        throw new ConnectorError('deployments_unknown', { token: 'API token', ids: unknown.join(', ') });
      }
      this.#api.log('warn', unknownSentence(unknown));
    }
    const isWhole = this.#selected.length === 0;
    const ids = isWhole ? [...byId.keys()] : this.#selected.filter((id) => byId.has(id));
    return {
      ids,
      rows: ids.map((id) => byId.get(id) ?? {}),
      all: missing ? undefined : new Set(byId.keys()),
      isWhole: isWhole && !missing,
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

/** The sentence about deployment_ids that do not exist. */
export function unknownSentence(ids: readonly string[]): string {
  return `These deployment_ids do not exist for this API token: ${ids.join(', ')}. Correct deployment_ids.`;
}

/** Ids that JSON readers don't keep exactly could be confused. */
function idOf(row: unknown, i: number): string {
  const id = isRow(row) ? row['id'] : undefined;
  const isExact = typeof id === 'string' ? id !== '' && isPrintedAsItIs(id) : Number.isSafeInteger(id);
  if (!isExact) throw unexpectedBody(PATH, `row ${i + 1} has no valid id`);
  return String(id);
}
