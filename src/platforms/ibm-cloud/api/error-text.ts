import { type Row, isRow } from '../../../core/record/row.ts';
import { type ServerText, rawText, serverText } from '../../../text/server-text.ts';
import type { Refusals } from '../../../http/failure.ts';

/** How IBM's services say no, each in a form of its own, and what their statuses mean (icd-api.md 1.2). */
export const refusals: Refusals = {
  textOf: ibmErrorText,
  problemOf(status, said, reads) {
    // Of a Logs query: a shorter time window can succeed, the same one can't (icd-api.md 2.10).
    if (reads === 'events' && rawText(said).startsWith('deadline_exceeded')) return 'query_too_long';
    if (status === 410) return 'not_found';
    if (status === 422) return 'not_offered';
    // 501 is no outage: it stays so.
    return status === 423 || status >= 502 ? 'server_error' : undefined;
  },
};

/**
 * What a service says: its code, then its text. Of JSON only the texts that the reference knows (icd-api.md 1.2), since
 * anything else could be a secret; empty if there is none. Any other body is returned as it is.
 */
export function ibmErrorText(body: ServerText): ServerText {
  const said = parsed(rawText(body));
  if (typeof said === 'string') return serverText(said);
  return isRow(said) ? ibmErrorIn(said) : serverText('');
}

/** The same of a body that was parsed. */
export function ibmErrorIn(said: Row): ServerText {
  const { errors, error, message, errorMessage, errorDetails, details, error_code: code = said['errorCode'] } = said;
  const text =
    byField(errors) ?? [errors, error, message, errorMessage, errorDetails, details].map(toldBy).find(isTold);
  const parts = [typeof code === 'string' ? code : undefined, text];
  return serverText(parts.filter(isTold).join(': '));
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

/** The body as JSON; as a text if it is none, and does not look as if it were. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // JSON that is cut off or broken may hold anything.
    return /^\s*[[{]/.test(body) ? undefined : body;
  }
}
