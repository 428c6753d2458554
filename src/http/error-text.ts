const LONGEST = 300;
/** What is looked at of a page, and of each name and text in a body: far more than can be told. */
const PAGE_LENGTH = 250_000;
const PART_LENGTH = 2_000;
const DEEPEST = 50;

/**
 * What the API itself says about an error, in one line of at most 300 characters; empty if it says nothing. What was cut
 * ends with `…`, which tells the redactor to look for halves of secrets before it.
 * Its error bodies hold `errors` as a text, a map of lists, or a map of texts (compose-api.md 7.1); anything else, such
 * as a proxy's page, is given as it is, without tags.
 */
export function errorText(body: string): string {
  return oneLine(fromJson(body) ?? pageText(body));
}

/** The texts of an `errors` value in whatever shape it has. */
export function errorsText(errors: unknown): string {
  return oneLine(told(errors));
}

function fromJson(body: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return cut(String(json), PART_LENGTH);
  const { errors, error, message } = json as Record<string, unknown>;
  return told(errors ?? error ?? message ?? json);
}

function pageText(page: string): string {
  return page.length <= PAGE_LENGTH ? withoutTags(page) : `${withoutTags(page.slice(0, PAGE_LENGTH))}…`;
}

/** What is not closed goes up to the end: to look for each end anew would take the square of the time. */
function withoutTags(page: string): string {
  return page
    .replace(/<(script|style)\b.*?(?:<\/\1>|$)/gis, ' ')
    .replace(/<(?:\/?([a-z][a-z0-9-]*)|(!--)|[/!?])[^>]*(?:>|$)/gi, (_, name = '', comment = '') =>
      // A space in the midst of a word would show it torn.
      WITHIN_WORDS.has(String(name || comment).toLowerCase()) ? '' : ' ',
    );
}

const WITHIN_WORDS = new Set(
  '!-- a abbr b bdi bdo big cite del dfn em font i ins kbd mark nobr q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);

/** All texts of a value with the names that they have in it, as far as they can be told. */
function told(value: unknown): string {
  const texts: string[] = [];
  let length = 0;
  const flatten = (value: unknown, name: string, depth: number): void => {
    if (value === null || value === undefined || length > LONGEST + 2) return;
    if (typeof value === 'object' && depth < DEEPEST) {
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
    const part = name === '' ? '' : `${cut(name, PART_LENGTH)}: `;
    texts.push(spaced(part + cut(text, PART_LENGTH)));
    length += (texts.at(-1) as string).length + 2;
  };
  flatten(value, '', 0);
  return texts.join('; ');
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function oneLine(text: string): string {
  const line = spaced(text);
  // Cut between words, so that a token is mostly there as a whole, or not at all.
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1).replace(/\S*$/, '')}…`;
}
