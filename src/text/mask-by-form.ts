import { MASK } from './credentials.ts';
import { isPlain, maskOpaque } from './opaque.ts';

// Every rule takes linear time: its quantifiers are bounded where a match may fail.

/** A value: in quotes, or up to white space, `&` or `;`. */
const VALUE = String.raw`("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&;<>]*[^\s"'&;<>,.)}\]])`;
/** What separates a name from its value: `=`, `: `, `": "`, ` => `. */
const IS = String.raw`["'\]]{0,2} {0,3}(?:=>?|:) {0,3}\[?`;
const PASSWORD = String.raw`(?:password|passwd|passphrase|secret|api[ _-]?key|(?<![a-z])(?:pass|pwd))`;
const TOKEN = String.raw`(?:token|authorization|credentials?|signature|cookie|(?<![a-z])(?:key|auth))`;

/** `password=…`, `"api_key": "…"`, `PASSWORD '…'` */
const NAMED_PASSWORD = new RegExp(`(${PASSWORD}${IS}|password (?=['"]))${VALUE}`, 'gi');
/** `token=…`, `Authorization: Bearer …`, `Basic …` */
const NAMED_TOKEN = new RegExp(`(${TOKEN}${IS}(?:(?:bearer|basic) )?|(?<![a-z])(?:bearer|basic) )${VALUE}`, 'gi');
/** `--password …`, `-p …`, `-a …` */
const OPTION = new RegExp(`((?<![\\w-])(?:--(?:${PASSWORD}|auth|token)|-[apw]) )${VALUE}`, 'gi');
/** `-u user:…` */
const USER_OPTION = new RegExp(`((?<![\\w-])(?:-u|--user) ["']?[^\\s:"']{1,64}:)${VALUE}`, 'gi');
/** The user info of a URL; text before `@` that begins with a host and port, or has a path, is not. */
const USER_INFO = /(:\/\/)(?:[^\s/:?#"'<>]{0,100}:(?!\d{2,5}[/?])[^\s"'<>]{1,200}@|[^\s/?#"'<>@]{1,200}@)/g;

/** Masks what looks like a secret: by the name or option before it, as user info of a URL, or as an opaque word. */
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

/** Only the rules for URLs and opaque words. */
export function maskWords(text: string): string {
  return maskOpaque(text.replace(USER_INFO, `$1${MASK}@`));
}

/** `password: is too short` contains no password. */
function isSentence(name: string, value: string): boolean {
  return name.endsWith(': ') && /^[a-z]{1,7}$/.test(value);
}
