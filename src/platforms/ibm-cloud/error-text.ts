import { type Row, isRow } from '../../core/stream.ts';
import { errorText, errorsText } from '../../http/error-text.ts';
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

/** What a service says, in one short line: its code, then its text. Anything unknown is given as it is, without tags. */
export function ibmErrorText(body: string): string {
  const said = parsed(body);
  return isRow(said) ? ibmErrorIn(said) : errorText(body);
}

/** The same of a body that was parsed. */
export function ibmErrorIn(said: Row): string {
  const { errors, error, message, errorMessage, error_code: code = said['errorCode'] } = said;
  const text = toldBy(errors) ?? toldBy(error) ?? toldBy(message) ?? toldBy(errorMessage);
  if (text === undefined) return errorsText(errors ?? error ?? message ?? said);
  return errorsText(typeof code === 'string' ? `${code}: ${text}` : text);
}

/** A text; an object with a code and a message; the first of a list of these; texts by the field that they are about. */
function toldBy(value: unknown): string | undefined {
  // Whatever stands deeper is for `errorsText`, which knows where to stop.
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first === '' ? undefined : first;
  if (!isRow(first)) return undefined;
  const { code, message } = first;
  if (typeof message === 'string') return typeof code === 'string' ? `${code}: ${message}` : message;
  const texts = Object.entries(first).map(([field, said]) => `${field} ${[said].flat().map(inWords).join(', ')}`);
  return texts.length === 0 ? undefined : texts.join('; ');
}

function inWords(value: unknown): string {
  return typeof value === 'string' ? value : errorsText(value);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
