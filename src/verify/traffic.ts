import type { Exchange } from '../http/client-options.ts';
import { isAboutRate } from '../http/traffic/retry.ts';

/** The only path segments that a report shows, because any other segment could be an id. */
const WORDS: ReadonlySet<string> = new Set(
  `account_settings accounts addons alerts allowlists api apikeys audit_events autoscaling backups billables capability
  clusters databases datacenters deployables deployments details groups identities identity ip_addresses links member
  members point_in_time_recovery_data policies profiles query reclamations recipes regions remotes resource_groups
  resource_instances resources roles routes rules scalings search serviceid_groups serviceids settings targets tasks
  team_roles teams token usage users v1 v2 v3 v4 versions zones`.split(/\s+/),
);
/** A request with one of these parameters is for a later page, unless the value is 0. */
const PAGE_TOKENS = ['start', '_start', 'next_docid', 'next_url', 'offset', 'cursor', 'pagetoken'];

/** The requests to one endpoint. */
interface Endpoint {
  requests: number;
  laterPages: number;
  bytes: number;
  maxBytes: number;
  maxMs: number;
  statuses: Map<number, number>;
  rateHeaders: Set<string>;
}

/** The traffic section of a report. Response bodies are not kept. */
export class Traffic {
  readonly endpoints = new Map<string, Endpoint>();

  see(endpoint: string, { request, status, headers, text, ms }: Exchange): void {
    let seen = this.endpoints.get(endpoint);
    if (seen === undefined) {
      seen = {
        requests: 0,
        laterPages: 0,
        bytes: 0,
        maxBytes: 0,
        maxMs: 0,
        statuses: new Map(),
        rateHeaders: new Set(),
      };
      this.endpoints.set(endpoint, seen);
    }
    seen.requests += 1;
    if (PAGE_TOKENS.some((name) => Boolean(request.query?.[name]))) seen.laterPages += 1;
    seen.bytes += text.length;
    seen.maxBytes = Math.max(seen.maxBytes, text.length);
    seen.maxMs = Math.max(seen.maxMs, ms);
    seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1);
    for (const name in headers) if (name === 'retry-after' || isAboutRate(name)) seen.rateHeaders.add(name);
  }
}

/** The endpoint of a request without ids, such as `GET deployments/{id}/tasks`. */
export function endpointOf({ path, post }: Exchange['request']): string {
  const words = path.split('/').map((word) => (WORDS.has(word) ? word : '{id}'));
  return `${post === undefined ? 'GET' : 'POST'} ${words.join('/')}`;
}
