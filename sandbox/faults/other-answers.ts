import { type Answer, forbidden, invalid, json, notFound, tooMany, unauthorized } from '../http/answers.ts';
import type { ConnectionFault } from './broken-connections.ts';
import { spoilEnvelope } from './envelope-faults.ts';
import { nestRows, spoilKeys } from './row-faults.ts';
import type { Fault } from './fault.ts';

/** The fault's kinds that send something else than they should, yet as proper HTTP. */
export type AnswerFault = Exclude<Fault, ConnectionFault | { kind: 'unasked-continue' | 'forget-cursors' }>;

/** What of the request is needed: the redirect sends it elsewhere, the echo shows its header. */
export interface Asked {
  readonly url: string;
  readonly host: string;
  readonly authorization: string;
}

const PAGE = '<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>\n';

/** The body the sandbox itself gives with a status. */
const usual = (status: number): Answer => {
  if (status === 401) return unauthorized();
  if (status === 403) return forbidden();
  if (status === 404) return notFound();
  if (status === 422) return invalid({ request: ['was refused', 'on purpose'] });
  if (status === 429) return { ...tooMany(1), headers: {} };
  return json(status, { errors: { error: `a fault played by the sandbox: ${status}` } });
};

const withStatus = (fault: Extract<Fault, { kind: 'status' }>): Answer => {
  const { status, body, retryAfter } = fault;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = body === undefined ? usual(status) : { status, body: text };
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } };
};

/** The same machine by its other name: another origin, and one that answers. */
const otherOrigin = ({ url, host }: Asked): string => {
  const other = host.startsWith('localhost')
    ? host.replace('localhost', '127.0.0.1')
    : host.replace(/^.*:/, 'localhost:');
  return `http://${other}${url}`;
};

/** What a fault sends in place of the answer. */
export const otherAnswer = (fault: AnswerFault, answer: Answer, asked: Asked): Answer => {
  switch (fault.kind) {
    case 'status':
      return withStatus(fault);
    case 'truncated-json':
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    case 'broken-json':
      return { status: 200, body: '{"_embedded":{"rows":[{"id":}]}}' };
    case 'html':
      return { status: fault.status ?? 200, body: PAGE, type: 'text/html; charset=utf-8' };
    case 'empty-body':
      return { status: 200, body: '' };
    case 'redirect':
      return { status: fault.status ?? 302, body: '', headers: { location: fault.to ?? otherOrigin(asked) } };
    case 'echo-token':
      return json(fault.status ?? 400, {
        errors: { error: `cannot read the header "Authorization: ${asked.authorization}"` },
      });
    case 'errors':
      return json(200, { errors: fault.errors ?? 'temporarily_unavailable' });
    case 'envelope':
      return spoilEnvelope(answer, fault.shape, fault.row ?? 0);
    case 'keys':
      return spoilKeys(answer, fault.form);
    case 'nested':
      return nestRows(answer, fault.levels ?? 10_000);
  }
};
