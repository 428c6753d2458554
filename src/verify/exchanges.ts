import { type Request, methodOf } from '../core/stream/request.ts';
import type { Exchange } from '../http/client-options.ts';
import { isAboutRate } from '../http/traffic/retry.ts';
import type { Probe } from '../platforms/platform.ts';

export class Counts extends Map<string | number, number> {
  add(value: string | number): void {
    this.set(value, (this.get(value) ?? 0) + 1);
  }

  /** The values and their counts, such as `string (3), null (1)`. */
  override toString(): string {
    return [...this].map(([value, count]) => `${value} (${count})`).join(', ');
  }
}

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

/** Statistics about the requests to one endpoint. */
class Endpoint {
  requests = 0;
  laterPages = 0;
  maxBytes = 0;
  maxMs = 0;
  readonly statuses = new Counts();
  readonly rateHeaders = new Set<string>();
}

/** Collects evidence about the endpoints and the reference's open questions. Response bodies are not kept. */
export class Exchanges {
  readonly endpoints = new Map<string, Endpoint>();
  readonly #probes: ReadonlyArray<[string, Probe]>;
  /** For each question, the expected and the unexpected observations. */
  readonly #answers = new Map<string, { asExpected: Counts; different: Counts }>();

  constructor(probes: Readonly<Record<string, Probe>>) {
    this.#probes = Object.entries(probes);
    for (const [id] of this.#probes) this.#answers.set(id, { asExpected: new Counts(), different: new Counts() });
  }

  see(exchange: Exchange): void {
    const { request, status, headers, text, ms } = exchange;
    const name = endpointOf(request);
    const seen = this.endpoints.get(name) ?? new Endpoint();
    this.endpoints.set(name, seen);
    seen.requests += 1;
    if (PAGE_TOKENS.some((parameter) => Boolean(request.query?.[parameter]))) seen.laterPages += 1;
    seen.maxBytes = Math.max(seen.maxBytes, text.length);
    seen.maxMs = Math.max(seen.maxMs, ms);
    seen.statuses.add(status === 0 ? 'no complete response' : status);
    for (const header in headers) if (header === 'retry-after' || isAboutRate(header)) seen.rateHeaders.add(header);
    if (status === 0) return;
    for (const [id, { at, look }] of this.#probes) {
      if (!at.test(name)) continue;
      for (const [isAsExpected, expected, different = expected] of look(exchange)) {
        const answer = this.#answers.get(id);
        if (isAsExpected) answer?.asExpected.add(expected);
        else answer?.different.add(different);
      }
    }
  }

  answer(id: string): [result: 'confirmed' | 'different' | 'not seen', evidence: string] {
    const { asExpected = new Counts(), different = new Counts() } = this.#answers.get(id) ?? {};
    const evidence = [different, asExpected].filter(({ size }) => size > 0).join(', ');
    return [different.size > 0 ? 'different' : asExpected.size > 0 ? 'confirmed' : 'not seen', evidence];
  }
}

/** A request's endpoint, with its ids replaced, as in `GET deployments/{id}/tasks`. */
export function endpointOf(request: Request): string {
  const words = request.path.split('/').map((word) => (WORDS.has(word) ? word : '{id}'));
  return `${methodOf(request)} ${words.join('/')}`;
}
