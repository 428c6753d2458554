import { type Row, isRow } from '../../core/stream.ts';
import { errorText } from '../../http/error-text.ts';
import type { Refusals } from '../../http/failure.ts';

/** How IBM's services say no, each in a form of its own, and what their statuses mean (icd-api.md 1.2). */
export const refusals: Refusals = {
  textOf: ibmErrorText,
  problemOf(status) {
    if (status === 410) return 'not_found';
    if (status === 422) return 'not_offered';
    // 501 is no outage: it stays so.
    return status === 423 || status >= 502 ? 'server_error' : undefined;
  },
};

/** More of a text that is no JSON is not told: it is a page, or anything. */
const LONGEST_PLAIN = 200;

/**
 * What a service says, in one short line: its code, then its text. Of JSON only what stands where the reference knows of
 * texts (icd-api.md 1.2), since anything else could be a secret; empty if there is none. Of any other body its beginning.
 */
export function ibmErrorText(body: string): string {
  const said = parsed(body);
  if (typeof said === 'string') return withoutAddresses(shortened(errorText(said)));
  return isRow(said) ? ibmErrorIn(said) : '';
}

/** The same of a body that was parsed. */
export function ibmErrorIn(said: Row): string {
  const { errors, error, message, errorMessage, errorDetails, details, error_code: code = said['errorCode'] } = said;
  const text =
    byField(errors) ?? [errors, error, message, errorMessage, errorDetails, details].map(toldBy).find(isTold);
  if (text === undefined) return typeof code === 'string' ? errorText(JSON.stringify(code)) : '';
  return errorText(JSON.stringify(withoutAddresses(typeof code === 'string' ? `${code}: ${text}` : text)));
}

/** A text; an object with a code and a message; the first of a list of these. */
function toldBy(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first === '' ? undefined : first;
  if (!isRow(first)) return undefined;
  const { code, message } = first;
  if (typeof message !== 'string') return typeof code === 'string' ? code : undefined;
  return typeof code === 'string' ? `${code}: ${message}` : message;
}

/** Lists of texts by the field of the request that they are about, which the databases are known to send. */
function byField(errors: unknown): string | undefined {
  if (!isRow(errors) || toldBy(errors) !== undefined) return undefined;
  const texts = Object.entries(errors).flatMap(([field, said]) => {
    const list = Array.isArray(said) ? said.filter((one) => typeof one === 'string') : [];
    return list.length === 0 ? [] : [`${field} ${list.join(', ')}`];
  });
  return texts.length === 0 ? undefined : texts.join('; ');
}

function isTold(text: string | undefined): boolean {
  return text !== undefined;
}

/** Of an address only the host and path: a user's name, a password or a token may stand before and behind. */
function withoutAddresses(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@]*@)?([^\s?#]*)[^\s]*/gi, '$1$2');
}

/** What is cut ends with `…`, which tells the redactor to look for halves of secrets before it. */
function shortened(line: string): string {
  return line.length <= LONGEST_PLAIN ? line : `${line.slice(0, LONGEST_PLAIN - 1).replace(/\S*$/, '')}…`;
}

/** The body as JSON; as a text if it is none, and does not look as if it were. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // JSON that is cut off or broken may hold anything.
    return /^\s*[[{]/.test(body) ? undefined : body;
  }
}
