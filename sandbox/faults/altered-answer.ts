import { type Answer, type Platform, type Row, asciiJson, json } from '../platform.ts';
import type { ConnectionFault, Fault } from './fault.ts';

/** The kinds of faults that send a wrong response as valid HTTP. */
export type AnswerFault = Exclude<Fault, ConnectionFault | { kind: 'forget-cursors' | 'change' }>;

/** The parts of a request that faults use. */
export interface Asked {
  readonly url: string;
  readonly host: string;
  /** The path as patterns in faults match it, without the prefix and query. */
  readonly path: string;
  readonly authorization: string;
}

const PAGE = '<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>\n';

/** Marks the position of text that `JSON.stringify` can't write. No API value contains this marker. */
const RAW = '@@raw@@';

/** The fault's replacement for the response. */
export function alteredAnswer(fault: AnswerFault, answer: Answer, asked: Asked, platform: Platform): Answer {
  switch (fault.kind) {
    case 'status':
      return withStatus(fault, answer, platform, asked.path);
    case 'truncated-json':
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    case 'html':
      return { status: 200, body: PAGE, type: 'text/html; charset=utf-8' };
    case 'empty-body':
      return { status: 200, body: '' };
    case 'redirect':
      return {
        status: 302,
        body: '',
        headers: { location: fault.to ?? otherOrigin(asked) + asked.url },
      };
    case 'echo-token':
      return platform.refusal(
        asked.path,
        fault.status ?? 400,
        `cannot read the header "Authorization: ${asked.authorization}"`,
      );
    case 'errors':
      return json(200, { errors: fault.errors ?? 'temporarily_unavailable' });
    case 'envelope': {
      if (!isJson(answer)) return answer;
      const spoiled = platform.spoil(JSON.parse(answer.body), fault.shape, otherOrigin(asked));
      return json(answer.status, spoiled);
    }
    case 'keys':
      return spoilKeys(platform, answer);
    case 'nested':
      return nestRows(platform, answer, fault.levels);
  }
}

function withStatus(
  fault: Extract<Fault, { kind: 'status' }>,
  proper: Answer,
  platform: Platform,
  path: string,
): Answer {
  const { status, body, retryAfter } = fault;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  // Text that replaces a successful response keeps the response's content type, so that an event stream remains an event stream.
  const type = status === 200 && typeof body === 'string' && proper.type !== undefined ? { type: proper.type } : {};
  const answer = body === undefined ? platform.refusal(path, status) : { status, body: text, ...type };
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

/** Returns an origin that differs from the request's origin, but reaches the same server. */
function otherOrigin({ host }: Asked): string {
  const other = host.startsWith('localhost')
    ? host.replace('localhost', '127.0.0.1')
    : host.replace(/^.*:/, 'localhost:');
  return `http://${other}`;
}

/** Returns the response with its keys replaced by large numbers, which differ as text but are equal as doubles. */
function spoilKeys(platform: Platform, answer: Answer): Answer {
  return rewriteRows(platform, answer, (row, key) =>
    key in row ? [{ ...row, [key]: RAW }, digitsOf(String(row[key]))] : [row, ''],
  );
}

/** Returns the response with deeply nested lists in an additional field of each row. */
function nestRows(platform: Platform, answer: Answer, levels: number): Answer {
  const lists = '['.repeat(levels) + ']'.repeat(levels);
  return rewriteRows(platform, answer, (row) => [{ ...row, nested: RAW }, lists]);
}

/** Returns the response with each row rewritten as JSON text. `edit` returns a row, and the text that replaces RAW in the row's JSON. */
function rewriteRows(
  platform: Platform,
  answer: Answer,
  edit: (row: Row, key: string) => [row: Row, raw: string],
): Answer {
  if (!isJson(answer)) return answer;
  const opened = platform.open(JSON.parse(answer.body));
  const texts = opened.rows.map((row) => {
    const [edited, raw] = edit(row, opened.key);
    return asciiJson(edited).replace(`"${RAW}"`, () => raw);
  });
  return { status: answer.status, body: opened.close(texts), oneByte: true };
}

/** Only JSON contains rows and envelopes. Event streams, HTML pages and plain text remain unchanged. */
function isJson({ type = 'json' }: Answer): boolean {
  return type.includes('json');
}

/** Converts the key to a large number. Similar keys become numbers that are equal when parsed as doubles. */
function digitsOf(key: string): string {
  const hex = /^[0-9a-f]+$/.test(key) ? key : Buffer.from(key).toString('hex');
  return String(BigInt(`0x${hex}`) + 2n ** 53n);
}
