const MASK = '****';
/** A shorter "secret" would mask half of every text. */
const SHORTEST = 4;
/** `scheme://user:password@host`, up to the last @ before a space or ": both user and password may hold an @. */
const PASSWORD_IN_URL = /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/"<>]*:)([^\s"<>]+)@/gi;

/** Replaces secrets in texts for people. Secrets may be added at any time; RECORD data never passes here. */
export class Redactor {
  readonly #secrets = new Set<string>();
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** Adds a secret in all the forms in which texts may hold it: plain, JSON-escaped, URL-encoded, base64. */
  add(secret: string): void {
    if (secret.length < SHORTEST || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    for (const form of formsOf(secret)) if (form.length >= SHORTEST) this.#forms.add(form);
    this.#pattern = undefined;
  }

  redact = (text: string): string => {
    // Made when it is needed: connection strings bring secrets by the hundred, and hardly a text in between.
    this.#pattern ??= patternOf(this.#forms);
    return text.replace(this.#pattern, MASK).replace(PASSWORD_IN_URL, `$1${MASK}@`);
  };
}

function patternOf(forms: ReadonlySet<string>): RegExp {
  // Without a form: what matches nothing.
  if (forms.size === 0) return /(?!)/g;
  // The longest form goes first: a secret that begins with another one must not leave its rest behind.
  const sorted = [...forms].toSorted((a, b) => b.length - a.length);
  return new RegExp(sorted.map(asPattern).join('|'), 'g');
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.toWellFormed());
  return [
    secret,
    // An error text is told in one line, in which white space is drawn together.
    secret.replace(/\s+/g, ' '),
    json,
    ...asciiJson(json),
    JSON.stringify(json).slice(1, -1),
    // Programs differ in which of the harmless characters they leave alone, and forms have a + for a space.
    ...[url, url.replaceAll('%2F', '/'), escaped(url, /[!'()*]/g), escaped(url, /[!'()~]/g)].flatMap((form) => [
      form,
      form.replaceAll('%20', '+'),
    ]),
    ...base64Forms(Buffer.from(secret, 'utf8')),
    ...base64Forms(Buffer.from(secret, 'latin1')),
  ];
}

/** JSON as programs print it that keep to ASCII, in either case of their digits. */
function asciiJson(json: string): string[] {
  const hex = (char: string): string => char.charCodeAt(0).toString(16).padStart(4, '0');
  return [
    json.replace(/[\u0080-\uffff]/g, (char) => `\\u${hex(char)}`),
    json.replace(/[\u0080-\uffff]/g, (char) => `\\u${hex(char).toUpperCase()}`),
  ];
}

function escaped(url: string, chars: RegExp): string {
  return url.replace(chars, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Base64 of the secret wherever it stands in a longer text (`user:secret`): three ways to fall into groups of 3 bytes. */
function base64Forms(secret: Buffer): string[] {
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), secret])
      .toString('base64')
      .replaceAll('=', '');
    // Characters that also carry bits of a neighbour are left out, but for the secret alone.
    const first = before === 0 ? 0 : before + 1;
    const last = (before + secret.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    if (before === 0) forms.push(encoded);
    forms.push(encoded.slice(first, last));
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Percent escapes may be spelled in either case. */
function asPattern(form: string): string {
  const literal = form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  return literal.replace(/%([0-9A-F]{2})/gi, (_, hex: string) => `%(?:${hex.toUpperCase()}|${hex.toLowerCase()})`);
}
