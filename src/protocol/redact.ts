const MASK = '****';
/** A shorter "secret" would mask half of every text. */
const SHORTEST = 4;
/** `scheme://user:password@host`, up to the last @ before a space or quote: a password may hold an @ or a slash. */
const PASSWORD_IN_URL = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'<>]*:)([^\s"'<>]+)@/gi;

/** Replaces secrets in texts for people. Secrets may be added at any time; RECORD data never passes here. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  /** Adds a secret in all the forms in which texts may hold it: plain, JSON-escaped, URL-encoded, base64. */
  add(secret: string): void {
    if (secret.length < SHORTEST || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    const forms = [...this.#secrets].flatMap(formsOf).filter((form) => form.length >= SHORTEST);
    // The longest form goes first: a secret that begins with another one must not leave its rest behind.
    const sorted = [...new Set(forms)].sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(sorted.map(asPattern).join('|'), 'g');
  }

  redact = (text: string): string => {
    const masked = this.#pattern === undefined ? text : text.replace(this.#pattern, MASK);
    return masked.replace(PASSWORD_IN_URL, `$1${MASK}@`);
  };
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.toWellFormed());
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    url.replaceAll('%20', '+'),
    ...base64Forms(Buffer.from(secret, 'utf8')),
    ...base64Forms(Buffer.from(secret, 'latin1')),
  ];
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
    if (last - first >= 8) forms.push(encoded.slice(first, last));
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Percent escapes may be spelled in either case. */
function asPattern(form: string): string {
  const escaped = form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  return escaped.replace(/%([0-9A-F]{2})/gi, (_, hex: string) => `%(?:${hex.toUpperCase()}|${hex.toLowerCase()})`);
}
