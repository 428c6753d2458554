import { maskCredentials } from './credentials.ts';
import { maskByForm, maskWords } from './mask-by-form.ts';
import { type ServerText, rawText } from './server-text.ts';

const MAX_LENGTH = 300;
const MAX_RAW_LENGTH = 250_000;
const MAX_LINE_LENGTH = 4_000;

/** Converts server text to one line of at most 300 characters, with secrets masked. The line is empty if nothing can be shown. */
export function quoted(text: ServerText): string {
  const raw = maskCredentials(truncated(rawText(text), MAX_RAW_LENGTH));
  const line = maskCredentials(oneLine(unescapedHtml(withoutTags(unescapedJson(raw)))));
  return truncated(maskByForm(truncated(line, MAX_LINE_LENGTH)), MAX_LENGTH);
}

/** The last masking step for all text that users see. Masks secrets outside server text, for example in ids and stack traces. */
export function redacted(text: string): string {
  return maskWords(maskCredentials(text));
}

/** Truncates text to `max` characters, but only between words, because a part of a secret would not be recognized. */
function truncated(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = max - 1;
  while (end > 0 && !/\s/.test(text[end - 1] as string)) end -= 1;
  return `${text.slice(0, end)}…`;
}

const CONTROLS: Readonly<Record<string, string>> = { b: ' ', f: ' ', n: ' ', r: ' ', t: ' ' };

function unescapedJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g, (_, code?: string, char = '') =>
    code === undefined ? (CONTROLS[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function unescapedHtml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,5})|#(\d{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (_, hex?: string, decimal?: string, name = '') => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return ENTITIES[name.toLowerCase()] ?? String.fromCodePoint(code);
    },
  );
}

/** Tags that may be inside a word. Replacing them with a space would split a token. */
const INLINE_TAGS = new Set(
  '!-- a abbr b bdi bdo big cite del dfn em font i ins kbd mark nobr q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);

/** Treats an unclosed tag as extending to the end of the text, because many unclosed tags would otherwise take quadratic time. */
function withoutTags(text: string): string {
  return text
    .replace(/<(script|style)\b.*?(?:<\/\1>|$)/gis, ' ')
    .replace(/<(?:\/?([a-z][a-z0-9-]*)|(!--)|[/!?])[^>]*(?:>|$)/gi, (_, name = '', comment = '') =>
      INLINE_TAGS.has(String(name || comment).toLowerCase()) ? '' : ' ',
    );
}

/** Removes control characters and invisible characters, and replaces each run of whitespace with a single space. */
function oneLine(text: string): string {
  return text
    .replace(/[\u00AD\u200B-\u200D\u2060]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
