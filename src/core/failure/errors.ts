import type { ServerText } from '../../text/server-text.ts';
import { type FactsOf, type FailureType, type ProblemId, type Trait, problems, traits } from './problems.ts';

export interface ErrorDetails {
  internalMessage?: string | undefined;
  /** The HTTP status, if the API responded. */
  status?: number | undefined;
  /** A summary of the API's response, such as `HTTP 401 ("unauthorized")`. */
  answer?: string | undefined;
  /** The API's own error text, for code that interprets it. */
  said?: ServerText | undefined;
  /** The account whose request failed. */
  account?: string | undefined;
  cause?: unknown;
  /** A sentence to append to the message. */
  note?: string | undefined;
  /** Replaces the problem's message. May contain names of facts in braces. */
  template?: string | undefined;
}

/** An expected failure. `message` is for the user, `internalMessage` for the log. */
export class ConnectorError<Id extends ProblemId = ProblemId> extends Error {
  override name = 'ConnectorError';
  readonly problem: ProblemId;
  readonly failureType: FailureType;
  readonly internalMessage: string | undefined;
  readonly status: number | undefined;
  readonly answer: string | undefined;
  readonly said: ServerText | undefined;
  readonly account: string | undefined;
  /** The facts from which the message was built. Empty if a complete message was given. */
  readonly facts: Readonly<Record<string, string>>;

  /** `facts` contains either the facts for the problem's message, or a complete message. */
  constructor(problem: Id, facts: FactsOf<NoInfer<Id>> | { message: string }, details: ErrorDetails = {}) {
    const row = problems[problem];
    const sentence = 'message' in facts ? facts.message : fill(details.template ?? row.message, facts);
    super(details.note === undefined ? sentence : `${sentence} ${details.note}`, { cause: details.cause });
    this.problem = problem;
    this.failureType = row.failureType;
    this.internalMessage = details.internalMessage;
    this.status = details.status;
    this.answer = details.answer;
    this.said = details.said;
    this.account = details.account;
    this.facts = 'message' in facts ? {} : facts;
  }

  is(trait: Trait): boolean {
    return traits[trait].includes(this.problem);
  }
}

/** The error for a config, catalog or state that can't be used. `detail` is the whole message. */
export function inputError(detail: string, cause?: unknown): ConnectorError {
  return new ConnectorError('input_unusable', { detail }, { cause });
}

/** The error for an HTTP 200 response with an unexpected body. `detail` is a clause about the body. */
export function unexpectedBody(path: string, detail: string): ConnectorError {
  const internalMessage = `${path}: HTTP 200, ${detail}`;
  return new ConnectorError('unexpected_body', { path, detail }, { internalMessage });
}

/** Sorts transient errors first, because Airbyte doesn't retry a job whose first error is a config_error. */
export function transientFirst(a: ConnectorError, b: ConnectorError): number {
  return Number(a.failureType !== 'transient_error') - Number(b.failureType !== 'transient_error');
}

/** Unexpected errors are bugs; their text is only logged. */
export function asConnectorError(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  // Only the API's data can be nested so deeply that recursion overflows the stack.
  if (thrown instanceof RangeError && thrown.message === 'Maximum call stack size exceeded') {
    return new ConnectorError('nested_too_deeply', {}, { cause: thrown });
  }
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new ConnectorError('unexpected', {}, { internalMessage: text, cause: thrown });
}

/** Like `asConnectorError`, but rethrows bugs. */
export function expectedError(thrown: unknown): ConnectorError {
  const error = asConnectorError(thrown);
  if (error.problem === 'unexpected') throw thrown;
  return error;
}

function fill(template: string, facts: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined) throw new Error(`no value for ${name} in the message: ${template}`);
    return fact;
  });
}
