import { ConnectorError, unexpectedBody } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import type { Partitions } from '../../core/retrieval/partitions.ts';
import type { Api } from '../platform.ts';
import { embeddedRows } from './envelope.ts';

const PATH = 'deployments';

export interface Deployments {
  rows: Row[];
  /** Shared by all per-deployment streams, because thousands of partitions take megabytes of memory. */
  partitions: Partitions;
}

/** Returns a function that loads the deployments once. `selected` contains the configured deployment_ids; an empty list selects all. */
export function deploymentList(selected: readonly string[], api: Api): () => Promise<Deployments> {
  let loading: Promise<Deployments> | undefined;
  return () => (loading ??= loadDeployments(selected, api));
}

async function loadDeployments(selected: readonly string[], api: Api): Promise<Deployments> {
  const { rows, warnings = [], missing } = embeddedRows(await api.get({ path: PATH }, PATH), PATH, PATH);
  for (const warning of warnings) api.log('warn', warning);
  const byId = new Map(rows.map((row, i) => [idOf(row, i), row as Row]));
  const unknown = selected.filter((id) => !byId.has(id));
  if (unknown.length > 0) {
    if (unknown.length === selected.length) {
      throw new ConnectorError('deployments_unknown', { token: 'API token', ids: unknown.join(', ') });
    }
    api.log('warn', unknownSentence(unknown));
  }
  const ids = selected.length === 0 ? [...byId.keys()] : selected.filter((id) => byId.has(id));
  return {
    rows: ids.map((id) => byId.get(id) ?? {}),
    partitions: {
      chosen: ids.map((id) => ({ id, label: `deployment ${id}`, fields: { deployment_id: id } })),
      all: missing ? undefined : new Set(byId.keys()),
      isWhole: selected.length === 0 && !missing,
    },
  };
}

export function unknownSentence(ids: readonly string[]): string {
  return `These deployment_ids were not found with this API token: ${ids.join(', ')}. Correct the option deployment_ids.`;
}

function idOf(row: unknown, i: number): string {
  const id = isRow(row) ? row['id'] : undefined;
  if (typeof id !== 'string' || id === '') throw unexpectedBody(PATH, `row ${i + 1} has no valid id`);
  return id;
}
