import { type ServerText, rawText, serverText } from '../../text/server-text.ts';

/**
 * Returns the API's own error text, or an empty string if there is none. The API's error bodies contain `errors` as a string, a map of
 * lists, or a map of strings (compose-api.md 7.1). A body that isn't JSON, such as a proxy's web page, is returned unchanged.
 */
export function errorText(body: ServerText): ServerText {
  let json: unknown;
  try {
    json = JSON.parse(rawText(body));
  } catch {
    return body;
  }
  if (typeof json !== 'object' || json === null) return serverText(String(json));
  const { errors, error, message } = json as Record<string, unknown>;
  return errorsText(errors ?? error ?? message ?? json);
}

/** Joins all messages in an `errors` value. Each message is preceded by the name of its field. */
export function errorsText(errors: unknown): ServerText {
  return serverText(textsIn(errors, '').join('; '));
}

function textsIn(value: unknown, name: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, name));
  // The key in `{"limit": ["…"]}` identifies the invalid field; the key in `{"error": "…"}` has no meaning.
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, part]) => textsIn(part, key === 'error' ? name : key));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [name === '' ? text : `${name}: ${text}`];
}
