export const MASK = '****';

/** Shorter credentials are not masked, because they also occur in ordinary text. */
const MIN_LENGTH = 4;
/** Shorter base64 strings are not masked, because the same characters also occur in other text by chance. */
const MIN_BASE64_LENGTH = 8;

/** Every form of every credential in this process. The longest form is first, because one credential may contain another. */
let forms: string[] = [];

/** Registers a credential that `maskCredentials` masks from now on. */
export function addCredential(credential: string): void {
  if (credential.length < MIN_LENGTH || forms.includes(credential)) return;
  const all = new Set([...forms, ...formsOf(credential)]);
  forms = [...all].toSorted((a, b) => b.length - a.length);
}

/** Removes all credentials. Tests call this because they share a process. */
export function forgetCredentials(): void {
  forms = [];
}

/** Masks every known credential, whether it is plain, JSON-escaped, percent-encoded, form-encoded or in base64. */
export function maskCredentials(text: string): string {
  let masked = text;
  for (const form of forms) if (masked.includes(form)) masked = masked.replaceAll(form, MASK);
  return masked;
}

function formsOf(credential: string): string[] {
  const base64 = [0, 1, 2].flatMap((offset) => base64At(credential, offset));
  return [credential, ...base64].flatMap((text) => [text, ...jsonForms(text), ...urlForms(text)]);
}

function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  return [json, json.replaceAll('/', '\\/')];
}

function urlForms(text: string): string[] {
  const percent = encodeURIComponent(text.toWellFormed());
  const form = new URLSearchParams({ '': text }).toString().slice(1);
  const all = [percent, percent.replaceAll('%2F', '/'), form];
  return [...all, ...all.map((one) => one.replace(/%../g, (escape) => escape.toLowerCase()))];
}

/** The base64 digits that depend only on the credential if `offset` bytes precede it in a group of three. */
function base64At(credential: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(credential)]);
  const [start, end] = [Math.ceil((offset * 4) / 3), Math.floor((bytes.length * 4) / 3)];
  if (end - start < MIN_BASE64_LENGTH) return [];
  return (['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).slice(start, end));
}
