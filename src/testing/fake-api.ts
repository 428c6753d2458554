import type { ConnectorError } from '../errors.ts';
import type { ApiClient, Query } from '../http/client.ts';
import { statusFailure, toError } from '../http/failure.ts';

export interface FakeRequest {
  path: string;
  query: Query;
  owner: string;
}

/** What is answered at a path: a body, or what a function gives or throws. Bodies are copied, as if they were parsed. */
export type Answers = Record<string, unknown>;

/** An API in place of the client. What it has no answer for is HTTP 404. */
export class FakeApi {
  readonly requests: FakeRequest[] = [];
  readonly answers: Answers;

  constructor(answers: Answers) {
    this.answers = answers;
  }

  get client(): ApiClient {
    return this as unknown as ApiClient;
  }

  async get(path: string, owner: string, query: Query = {}): Promise<unknown> {
    this.requests.push({ path, owner, query });
    if (!(path in this.answers)) throw refusal(404, path);
    const answer = this.answers[path];
    const body: unknown = typeof answer === 'function' ? await (answer as (query: Query) => unknown)(query) : answer;
    return structuredClone(body);
  }

  /** The paths that were asked for, in order. */
  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }
}

/** What the client throws when the API gives this status. */
export function refusal(status: number, path = 'somewhere'): ConnectorError {
  const failure = statusFailure({ kind: 'answer', status, headers: {}, text: '' });
  return toError(failure, { path, host: 'api.example.test', attempts: 1, timeoutMs: 60_000 });
}

/** An answer that is this refusal. */
export function refuses(status: number, path?: string): () => never {
  return () => {
    throw refusal(status, path);
  };
}
