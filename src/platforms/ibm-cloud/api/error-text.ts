import { type Row, isRow } from '../../../core/record/row.ts';
import { type ServerText, rawText, serverText } from '../../../text/server-text.ts';
import type { Rejections } from '../../../http/failure.ts';
import { textOf } from './values.ts';

/** Parses the error responses of IBM's services and interprets their statuses (icd-api.md 1.2). */
export const rejections: Rejections = {
  textOf: ibmErrorText,
  problemOf(status, said) {
    // Only Logs queries return this error. A retry can succeed only with a shorter time window (icd-api.md 2.10).
    if (rawText(said).startsWith('deadline_exceeded')) return 'query_too_long';
    if (status === 410) return 'not_found';
    if (status === 422) return 'not_offered';
    // HTTP 501 is a permanent error.
    return status === 423 || status >= 502 ? 'server_error' : undefined;
  },
};

/** The code and message of an error. In JSON, only the documented fields (icd-api.md 1.2) are used. Others could contain secrets. */
function ibmErrorText(body: ServerText): ServerText {
  const text = rawText(body);
  try {
    const parsed: unknown = JSON.parse(text);
    return isRow(parsed) ? ibmErrorIn(parsed) : serverText(textOf(parsed) ?? '');
  } catch {
    // Damaged JSON could contain secrets anywhere.
    return serverText(/^\s*[[{]/.test(text) ? '' : text);
  }
}

/** The code and message of an error in a parsed body. */
export function ibmErrorIn(body: Row): ServerText {
  const { errors, error, message, errorMessage, errorDetails, details, error_code: code = body['errorCode'] } = body;
  const texts = [errors, error, message, errorMessage, errorDetails, details].map(messageOf);
  const text = texts.find((each) => each !== undefined) ?? byField(errors);
  return serverText([textOf(code), text].filter((each) => each !== undefined).join(': '));
}

/** The text of an error that is a string or an object with a code and a message. Only the first error in a list is used. */
function messageOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRow(first)) return textOf(first);
  const parts = [textOf(first['code']), textOf(first['message'])].filter((each) => each !== undefined);
  return parts.length === 0 ? undefined : parts.join(': ');
}

/** The databases API sends one list of strings per invalid field of the request. */
function byField(errors: unknown): string | undefined {
  const texts = Object.entries(isRow(errors) ? errors : {}).flatMap(([field, list]) => {
    const messages = Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
    return messages.length === 0 ? [] : [`${field} ${messages.join(', ')}`];
  });
  return texts.length === 0 ? undefined : texts.join('; ');
}
