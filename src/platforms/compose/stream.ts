import type { Partition } from '../../core/retrieval/partitions.ts';
import type { Request } from '../../core/stream/request.ts';
import { streamsOf } from '../../core/stream/stream.ts';
import type { Deployments } from './deployment-list.ts';
import { embeddedRows } from './envelope.ts';

/** The data that the streams of a sync share. */
export interface ComposeShared {
  deployments: () => Promise<Deployments>;
  /** The number of audit events per page. */
  pageSize: number;
  includeConnectionStrings: boolean;
}

/** Declares a stream of this platform. */
export const composeStream = streamsOf<ComposeShared>();

/** Sends one request for a whole list, whose name in the body is `list`. */
export function wholeList(path: string, list = path) {
  return {
    way: 'once' as const,
    request: () => ({ path }),
    rows: (body: unknown) => embeddedRows(body, list, path),
  };
}

/** Sends one request per deployment. The name of the list in the body is `list`. */
export function perDeployment(report: string, list = report) {
  return {
    way: 'partition' as const,
    partitions: async ({ deployments }: ComposeShared) => (await deployments()).partitions,
    request: ({ id }: Partition) => ({ path: `deployments/${encodeURIComponent(id)}/${report}` }),
    rows: (body: unknown, { path }: Request) => embeddedRows(body, list, path),
  };
}
