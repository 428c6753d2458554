import { isRow } from '../../core/stream.ts';
import { errorText } from '../../http/error-text.ts';
import type { Refusals } from '../../http/failure.ts';

/** How IBM's services say no, each in a form of its own, and what their statuses mean (icd-api.md 1.2). */
export const refusals: Refusals = {
  textOf: ibmErrorText,
  problemOf(status) {
    if (status === 410) return 'not_found';
    if (status === 422) return 'not_offered';
    // 501 is no outage: it stays so.
    return status === 423 || (status >= 502 && status !== 429) ? 'server_error' : undefined;
  },
};

/** What a service says, in one short line: its code, then its text. Anything unknown is given as it is, without tags. */
export function ibmErrorText(body: string): string {
  const said = parsed(body);
  if (!isRow(said)) return errorText(body);
  const { errors, error, message, errorMessage, error_code: code = said['errorCode'] } = said;
  const text = toldBy(errors) ?? toldBy(error) ?? toldBy(message) ?? toldBy(errorMessage);
  if (text === undefined) return errorText(body);
  return errorText(JSON.stringify(typeof code === 'string' ? `${code}: ${text}` : text));
}

/** A text; an object with a code and a message; the first of a list of these; texts by the field that they are about. */
function toldBy(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (Array.isArray(value)) return toldBy(value[0]);
  if (!isRow(value)) return undefined;
  const { code, message } = value;
  if (typeof message === 'string') return typeof code === 'string' ? `${code}: ${message}` : message;
  const texts = Object.entries(value).map(([field, said]) => `${field} ${[said].flat().map(String).join(', ')}`);
  return texts.length === 0 ? undefined : texts.join('; ');
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
