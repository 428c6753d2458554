import type { DeploymentList } from './deployment-list.ts';

/** What the streams of one read share. */
export interface ComposeShared {
  deployments: DeploymentList;
  /** Audit events a page. */
  pageSize: number;
  includeConnectionStrings: boolean;
}
