const LONGEST = 300;

/**
 * What the API itself says about an error, in one line of at most 300 characters; empty if it says nothing.
 * Its error bodies hold `errors` as a text, a map of lists, or a map of texts (compose-api.md 7.1); anything else, such
 * as a proxy's page, is given as it is, without tags.
 */
export function errorText(body: string): string {
  return oneLine(fromJson(body) ?? withoutTags(body));
}

/** The texts of an `errors` value in whatever shape it has. */
export function errorsText(errors: unknown): string {
  return oneLine(flatten(errors).join('; '));
}

function fromJson(body: string): string | undefined {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json !== 'object' || json === null) return String(json);
    const { errors, error, message } = json as Record<string, unknown>;
    return flatten(errors ?? error ?? message ?? json).join('; ');
  } catch {
    return undefined;
  }
}

/** What is not closed goes up to the end: to look for each end anew would take the square of the time. */
function withoutTags(page: string): string {
  return page.replace(/<(script|style)\b.*?(?:<\/\1>|$)/gis, ' ').replace(/<[/!?a-z][^>]*(?:>|$)/gi, ' ');
}

function flatten(value: unknown, name = ''): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => flatten(item, name));
  if (typeof value === 'object') {
    // `{"error": "…"}` names nothing; `{"limit": ["…"]}` names the field that is wrong.
    return Object.entries(value).flatMap(([key, item]) => flatten(item, key === 'error' ? name : key));
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [name === '' ? text : `${name}: ${text}`];
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  // Cut between words: half a token would no longer be known as one, and so not be redacted.
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1).replace(/\S*$/, '')}…`;
}
