import { type ServerText, rawText, serverText } from '../text/server-text.ts';

/** Far more than is quoted of a text. */
const MAX_LENGTH = 10_000;
const MAX_DEPTH = 50;

/**
 * What the API itself says about an error; empty if it says nothing. Its error bodies hold `errors` as a text, a map of
 * lists, or a map of texts (compose-api.md 7.1); any other body, such as a proxy's page, is returned as it is.
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

/** All texts of an `errors` value, each with its name. */
export function errorsText(errors: unknown): ServerText {
  const texts: string[] = [];
  let length = 0;
  const flatten = (value: unknown, name: string, depth: number): void => {
    if (value === null || value === undefined || length > MAX_LENGTH) return;
    if (typeof value === 'object' && depth < MAX_DEPTH) {
      if (Array.isArray(value)) for (const item of value) flatten(item, name, depth + 1);
      else {
        for (const key in value) {
          // `{"error": "…"}` names nothing; `{"limit": ["…"]}` names the field that is wrong.
          flatten((value as Record<string, unknown>)[key], key === 'error' ? name : key, depth + 1);
        }
      }
      return;
    }
    const text = typeof value === 'string' ? value : typeof value === 'object' ? '…' : JSON.stringify(value);
    texts.push(name === '' ? text : `${name}: ${text}`);
    length += text.length + 2;
  };
  flatten(errors, '', 0);
  return serverText(texts.join('; '));
}
