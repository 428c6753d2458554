import { type FactsOf, type FailureType, type Problem, type ProblemId, problems } from './problems.ts';
import type { ServerText } from '../../text/server-text.ts';

export interface ErrorDetails {
  internalMessage?: string;
  status?: number;
  /** What the API answered, in a few words. */
  answer?: string;
  /** The API's own text, for whoever has to decide by it. */
  said?: ServerText;
  cause?: unknown;
  /** A further sentence for the user. */
  note?: string | undefined;
  /** In place of the problem's own message, with names in braces. */
  template?: string | undefined;
}

/** An expected failure. `message` is for the user, `internalMessage` for the log. */
export class ConnectorError<Id extends ProblemId = ProblemId> extends Error {
  override name = 'ConnectorError';
  readonly problem: ProblemId;
  readonly failureType: FailureType;
  readonly internalMessage: string | undefined;
  /** The HTTP status of the API's answer, where that is the failure. */
  readonly status: number | undefined;
  /** What the API answered, to be quoted: `HTTP 401 ("unauthorized")`. */
  readonly answer: string | undefined;
  /** The API's own text, as it was sent. */
  readonly said: ServerText | undefined;

  /** `facts` are what the problem's message needs, or a whole message in its place. */
  constructor(problem: Id, facts: FactsOf<NoInfer<Id>> | { message: string }, details: ErrorDetails = {}) {
    const row: Problem = problems[problem];
    const sentence = 'message' in facts ? facts.message : fill(details.template ?? row.message, facts);
    super(details.note === undefined ? sentence : `${sentence} ${details.note}`, { cause: details.cause });
    this.problem = problem;
    this.failureType = row.failureType;
    this.internalMessage = details.internalMessage;
    this.status = details.status;
    this.answer = details.answer;
    this.said = details.said;
  }

  /** Whether the API rejects this one request for good, but may accept others. */
  get isRejection(): boolean {
    return this.#row.isRejection === true;
  }

  /** Whether the API says that there is no such thing. */
  get isAbsence(): boolean {
    return this.#row.isAbsence === true;
  }

  /** Whether nothing responds at the address. */
  get isUnreachable(): boolean {
    return this.#row.isUnreachable === true;
  }

  /** Whether no further request of the sync can succeed. */
  get endsSync(): boolean {
    return this.#row.endsSync === true;
  }

  get #row(): Problem {
    return problems[this.problem];
  }
}

/** The origin is given up for the rest of the sync, so no later request to it can succeed. */
export class CircuitOpenError<Id extends ProblemId = ProblemId> extends ConnectorError<Id> {
  override name = 'CircuitOpenError';
}

/** A config, catalog or state that cannot be used; `detail` is the whole sentence for the user. */
export function inputError(detail: string, cause?: unknown): ConnectorError {
  return new ConnectorError('input_unusable', { detail }, { cause });
}

/** A 200 whose body is not the report; `detail` is the end of a sentence about it. */
export function unexpectedBody(path: string, detail: string): ConnectorError {
  const internalMessage = `GET ${path}: HTTP 200, ${detail}`;
  return new ConnectorError('unexpected_body', { path, detail }, { internalMessage });
}

/** Anything thrown, as a ConnectorError: what is none yet is a bug, and keeps its own text for the log. */
export function asConnectorError(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  // Only the API decides how deeply data is nested.
  if (thrown instanceof RangeError && thrown.message === STACK_OVERFLOW) {
    return new ConnectorError('nested_too_deeply', {}, { cause: thrown });
  }
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new ConnectorError('unexpected', {}, { internalMessage: text, cause: thrown });
}

const STACK_OVERFLOW = 'Maximum call stack size exceeded';

function fill(template: string, facts: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined) throw new Error(`the message lacks ${name}: ${template}`);
    return fact;
  });
}
