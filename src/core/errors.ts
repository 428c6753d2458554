import { type FailureType, type ProblemId, problems } from './problems.ts';

export interface ErrorDetails {
  internalMessage?: string;
  status?: number;
  /** What the API answered, in a few words. */
  answer?: string;
  cause?: unknown;
  /** A further sentence for the user. */
  note?: string | undefined;
  /** In place of the problem's own message. */
  template?: string | undefined;
}

/** An expected failure. `message` is for the user, `internalMessage` for the log; neither is redacted yet. */
export class ConnectorError extends Error {
  override name = 'ConnectorError';
  readonly problem: ProblemId;
  readonly failureType: FailureType;
  readonly internalMessage: string | undefined;
  /** The HTTP status of the API's answer, where that is the failure. */
  readonly status: number | undefined;
  /** What the API answered, to be quoted: `HTTP 401 ("unauthorized")`. */
  readonly answer: string | undefined;

  constructor(problem: ProblemId, facts: Record<string, string> = {}, details: ErrorDetails = {}) {
    const sentence = fill(details.template ?? problems[problem].message, facts);
    super(details.note === undefined ? sentence : `${sentence} ${details.note}`, { cause: details.cause });
    this.problem = problem;
    this.failureType = problems[problem].failureType;
    this.internalMessage = details.internalMessage;
    this.status = details.status;
    this.answer = details.answer;
  }

  /** Whether the API says no to this one thing, for good, while it may give others. */
  get refused(): boolean {
    return REFUSALS.has(this.problem);
  }
}

const REFUSALS: ReadonlySet<ProblemId> = new Set<ProblemId>([
  'forbidden',
  'role_missing',
  'unauthorized',
  'not_found',
  'not_offered',
]);

/** Whether the answer may mean that there is no such month. */
export function saysThereIsNone({ status }: ConnectorError): boolean {
  return status === 400 || status === 404;
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
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new ConnectorError('unexpected', {}, { internalMessage: text, cause: thrown });
}

function fill(template: string, facts: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined) throw new Error(`the message lacks ${name}: ${template}`);
    return fact;
  });
}
