import { type Answer, type Platform, type Row, asciiJson, json } from '../platform.ts';
import type { ConnectionFault, Fault } from './fault.ts';

/** The kinds that send something other than they should, yet as proper HTTP. */
export type AnswerFault = Exclude<Fault, ConnectionFault | { kind: 'forget-cursors' | 'change' }>;

/** What of the request is needed: the redirect sends it elsewhere, the echo shows its header. */
export interface Asked {
  readonly url: string;
  readonly host: string;
  /** As faults name it. */
  readonly path: string;
  readonly authorization: string;
}

const PAGE = '<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>\n';

/** What no value of the API holds: it marks where text goes that `JSON.stringify` would not write. */
const RAW = '@@raw@@';

/** What a fault sends in place of the answer. */
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
  // Another text in a 200 is of the type of the right one: an event stream stays one.
  const type = status === 200 && typeof body === 'string' && proper.type !== undefined ? { type: proper.type } : {};
  const answer = body === undefined ? platform.refusal(path, status) : { status, body: text, ...type };
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

/** The same machine by its other name: another origin, and one that answers. */
function otherOrigin({ host }: Asked): string {
  const other = host.startsWith('localhost')
    ? host.replace('localhost', '127.0.0.1')
    : host.replace(/^.*:/, 'localhost:');
  return `http://${other}`;
}

/** The answer with numbers of many digits for keys: they differ as they are sent, but not as doubles. */
function spoilKeys(platform: Platform, answer: Answer): Answer {
  return rewriteRows(platform, answer, (row, key) =>
    key in row ? [{ ...row, [key]: RAW }, digitsOf(String(row[key]))] : [row, ''],
  );
}

/** The answer with a field in each row that holds lists in lists, so many levels deep. */
function nestRows(platform: Platform, answer: Answer, levels: number): Answer {
  const lists = '['.repeat(levels) + ']'.repeat(levels);
  return rewriteRows(platform, answer, (row) => [{ ...row, nested: RAW }, lists]);
}

/** The answer with each row rewritten as JSON text: `edit` gives a row, and the text that takes the place of RAW in it. */
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

/** Rows and envelopes are JSON; an event stream, a page or plain text stays as it is. */
function isJson({ type = 'json' }: Answer): boolean {
  return type.includes('json');
}

/** The key as a number of many digits: keys that lie near each other are one number to a reader with doubles. */
function digitsOf(key: string): string {
  const hex = /^[0-9a-f]+$/.test(key) ? key : Buffer.from(key).toString('hex');
  return String(BigInt(`0x${hex}`) + 2n ** 53n);
}
