import { MASK } from './credentials.ts';
import { isPlain, maskOpaque } from './opaque.ts';

// Every rule takes linear time, because quantifiers are bounded where a match may fail.

/** Matches a value, either in quotes or up to whitespace, `&` or `;`. */
const VALUE = String.raw`("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&;<>]*[^\s"'&;<>,.)}\]])`;
/** Matches the separator between a name and its value, such as `=`, `: `, `": "` or ` => `. */
const IS = String.raw`["'\]]{0,2} {0,3}(?:=>?|:) {0,3}\[?`;
const PASSWORD = String.raw`(?:password|passwd|passphrase|secret|api[ _-]?key|(?<![a-z])(?:pass|pwd))`;
const TOKEN = String.raw`(?:token|authorization|credentials?|signature|cookie|(?<![a-z])(?:key|auth))`;

/** Matches, for example, `password=…`, `"api_key": "…"` or `PASSWORD '…'`. */
const NAMED_PASSWORD = new RegExp(`(${PASSWORD}${IS}|password (?=['"]))${VALUE}`, 'gi');
/** Matches, for example, `token=…`, `Authorization: Bearer …` or `Basic …`. */
const NAMED_TOKEN = new RegExp(`(${TOKEN}${IS}(?:(?:bearer|basic) )?|(?<![a-z])(?:bearer|basic) )${VALUE}`, 'gi');
/** Matches, for example, `--password …`, `-p …` or `-a …`. */
const OPTION = new RegExp(`((?<![\\w-])(?:--(?:${PASSWORD}|auth|token)|-[apw]) )${VALUE}`, 'gi');
/** Matches, for example, `-u user:…`. */
const USER_OPTION = new RegExp(`((?<![\\w-])(?:-u|--user) ["']?[^\\s:"']{1,64}:)${VALUE}`, 'gi');
/** Matches the user info of a URL, but not text before `@` that begins with a host and port or contains a path. */
const USER_INFO = /(:\/\/)(?:[^\s/:?#"'<>]{0,100}:(?!\d{2,5}[/?])[^\s"'<>]{1,200}@|[^\s/?#"'<>@]{1,200}@)/g;

/** Masks text that looks like a secret: by the name or option before it, its position in a URL, or its random characters. */
export function maskByForm(text: string): string {
  const named = text
    .replace(NAMED_PASSWORD, (all, name: string, value: string) => (isSentence(name, value) ? all : name + MASK))
    .replace(NAMED_TOKEN, (all, name: string, value: string) => (isPlain(value) ? all : name + MASK))
    .replace(OPTION, (all, option: string, value: string) =>
      /^\d{1,5}$|^--?[a-z-]+$/i.test(value) ? all : option + MASK,
    )
    .replace(USER_OPTION, `$1${MASK}`);
  return maskWords(named);
}

/** Applies only the rules for URLs and for words that look random. */
export function maskWords(text: string): string {
  return maskOpaque(text.replace(USER_INFO, `$1${MASK}@`));
}

/** Whether the text is a sentence rather than a name and its value. For example, `password: is too short` contains no password. */
function isSentence(name: string, value: string): boolean {
  return name.endsWith(': ') && /^[a-z]{1,7}$/.test(value);
}
