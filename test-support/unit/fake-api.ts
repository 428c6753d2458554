import type { ConnectorError } from '../../src/core/failure/errors.ts';
import { compose } from '../../src/platforms/compose/compose.ts';
import type { Query, Request } from '../../src/core/stream/request.ts';
import type { Level } from '../../src/core/output/output.ts';
import { errorText } from '../../src/platforms/compose/error-text.ts';
import { toError } from '../../src/http/error.ts';
import { statusFailure } from '../../src/http/failure.ts';

export interface FakeRequest {
  path: string;
  query: Query;
  owner: string;
}

/**
 * The response for each path: a body, or a function that returns a body or throws. Bodies are copied, as if they had just
 * been parsed.
 */
export type Answers = Record<string, unknown>;

export type AnyAnswer = (path: string, query: Query) => unknown;

/** A fake API client. For paths without their own response, calls `otherwise` or returns HTTP 404. */
export class FakeApi {
  readonly requests: FakeRequest[] = [];
  /** The log, one `level sentence` per line. */
  readonly logged: string[] = [];
  readonly answers: Answers;
  readonly #otherwise: AnyAnswer;

  constructor(answers: Answers, otherwise: AnyAnswer = (path) => refuses(404, path)()) {
    this.answers = answers;
    this.#otherwise = otherwise;
  }

  async get({ path, query = {} }: Request, owner: string): Promise<unknown> {
    this.requests.push({ path, owner, query });
    const answer = path in this.answers ? this.answers[path] : (given: Query) => this.#otherwise(path, given);
    const body: unknown = typeof answer === 'function' ? await (answer as (query: Query) => unknown)(query) : answer;
    return structuredClone(body);
  }

  async authorization(): Promise<string> {
    return 'Bearer t';
  }

  log(level: Level, sentence: string): void {
    this.logged.push(`${level} ${sentence}`);
  }

  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }
}

/** The error that the client throws for this status of a request or path. `tokenAccepted` means that the token isn't the cause of a 401. */
export function refusal(
  status: number,
  request: string | Request = 'somewhere',
  tokenAccepted = false,
): ConnectorError {
  const failure = statusFailure({ status, headers: {}, text: '' }, { textOf: errorText });
  return toError(tokenAccepted ? { ...failure, problem: 'unauthorized' } : failure, {
    request: typeof request === 'string' ? { path: request } : request,
    host: 'api.example.test',
    terms: compose.terms,
    attempts: 1,
    timeoutMs: 60_000,
    maxBodyBytes: 2 ** 28,
    proxy: undefined,
  });
}

/** Returns a function that throws the error of a rejected request, for use in `Answers`. */
export function refuses(status: number, path?: string): () => never {
  return () => {
    throw refusal(status, path);
  };
}

export function listBody(name: string, rows: unknown[]): unknown {
  return { _embedded: { [name]: rows } };
}
