import { ConnectorError } from '../../core/errors.ts';
import { unexpected } from './envelope.ts';
import type { Log } from '../../airbyte/log.ts';
import { type Row, type StreamDefinition, isPrintedAsItIs, isRow } from '../../core/stream.ts';

export interface Deployments {
  /** The rows of the chosen deployments, as they came. */
  rows: Row[];
  /** Their ids: the slices of the deployment reports. */
  ids: string[];
  /** The ids of all that the API has, chosen or not; undefined if it left out its list. */
  all: ReadonlySet<string> | undefined;
}

/** The list of deployments: fetched once a run, whichever stream needs it first, and shared by all that do. */
export class DeploymentList {
  readonly #definition: StreamDefinition;
  readonly #chosen: readonly string[];
  readonly #log: Log;
  readonly #fetch: (path: string) => Promise<unknown>;
  #loading: Promise<Deployments> | undefined;

  /** `chosen`: the user's deployment_ids; none means all. */
  constructor(
    definition: StreamDefinition,
    chosen: readonly string[],
    log: Log,
    fetch: (path: string) => Promise<unknown>,
  ) {
    this.#definition = definition;
    this.#chosen = chosen;
    this.#log = log;
    this.#fetch = fetch;
  }

  /** Throws a ConnectorError, the same for everyone: without the list none of its reports can be read. */
  load(): Promise<Deployments> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<Deployments> {
    const { path } = this.#definition.reading as { path: string };
    const { rows, warnings, missing: unlisted } = this.#definition.rows(await this.#fetch(path), path);
    for (const warning of warnings) this.#log.warn(warning);
    const byId = new Map(rows.map((row, i) => [idOf(row, i, path), row as Row]));
    const missing = this.#chosen.filter((id) => !byId.has(id));
    if (this.#chosen.length > 0 && missing.length === this.#chosen.length) {
      throw new ConnectorError('deployments_unknown', { ids: missing.join(', ') });
    }
    if (missing.length > 0) this.#log.warn(missingSentence(missing));
    const ids = this.#chosen.length === 0 ? [...byId.keys()] : this.#chosen.filter((id) => byId.has(id));
    return { ids, rows: ids.map((id) => byId.get(id) ?? {}), all: unlisted ? undefined : new Set(byId.keys()) };
  }
}

/** For the user: which of the deployment_ids the API does not have. */
export function missingSentence(missing: readonly string[]): string {
  const these = missing.length === 1 ? 'This deployment id does' : 'These deployment ids do';
  return `${these} not exist for this API token: ${missing.join(', ')}. Correct deployment_ids.`;
}

function idOf(row: unknown, i: number, path: string): string {
  const id = isRow(row) ? row['id'] : undefined;
  if (typeof id === 'number') {
    if (Number.isSafeInteger(id)) return String(id);
    throw unexpected(path, `row ${i + 1} has a number beyond 2^53 for its id, which JSON readers do not keep exactly`);
  }
  if (typeof id !== 'string' || id === '') throw unexpected(path, `row ${i + 1} has no id`);
  if (!isPrintedAsItIs(id)) throw unexpected(path, `row ${i + 1} has an id that is not valid Unicode text`);
  return id;
}
