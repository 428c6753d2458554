import type { Partition } from '../../core/retrieval/partitions.ts';
import { streamsOf } from '../../core/stream/stream.ts';
import type { ComposeConfig } from './config.ts';
import type { Deployments } from './deployment-list.ts';
import { embeddedRows } from './envelope.ts';

export interface ComposeShared {
  config: Pick<ComposeConfig, 'page_size' | 'include_connection_strings'>;
  deployments: () => Promise<Deployments>;
}

export const composeStream = streamsOf<ComposeShared>();

/** Retrieves a whole list with one request. `list` is the list's name in the body. */
export function wholeList(path: string, list = path) {
  return {
    way: 'once' as const,
    request: () => ({ path }),
    rows: (body: unknown) => embeddedRows(body, list, path),
  };
}

/** Retrieves one list per deployment. `list` is the list's name in the body. */
export function perDeployment(report: string, list = report) {
  return {
    way: 'partition' as const,
    partitions: async ({ deployments }: ComposeShared) => (await deployments()).partitions,
    request: ({ id }: Partition) => ({ path: `deployments/${encodeURIComponent(id)}/${report}` }),
    rows: (body: unknown, path: string) => embeddedRows(body, list, path),
  };
}
