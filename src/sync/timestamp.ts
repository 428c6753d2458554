const CANONICAL_LENGTH = 'YYYY-MM-DDTHH:mm:ss.SSSZ'.length;
/** The API's three spellings, and near ones: a space for the T, no zone (taken as UTC), `UTC`, a date alone. */
const SPELLINGS = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A timestamp of the API as UTC text `YYYY-MM-DDTHH:mm:ss.SSSZ`, so that texts compare as times do. Digits beyond the
 * millisecond are cut off. Undefined if the text names no time that exists.
 */
export function toUtcText(text: string): string | undefined {
  if (isCanonical(text)) return text;
  // Without milliseconds, as one in eight comes: no pattern is needed.
  if (text.length === 20 && text.endsWith('Z')) {
    const padded = `${text.slice(0, -1)}.000Z`;
    if (isCanonical(padded)) return padded;
  }
  const match = SPELLINGS.exec(text.trim());
  if (match === null) return undefined;
  const [, day = '', minute = '00:00', second = '00', fraction = '', zone = 'Z'] = match;
  const local = `${day}T${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  if (!isCanonical(local)) return undefined;
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (offset === null) return local;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  const utc = new Date(Date.parse(local) - (offset[1] === '-' ? -minutes : minutes) * 60_000).toISOString();
  // A year before 0 or after 9999 has another form, which is no RFC 3339 and does not compare as text.
  return utc.length === CANONICAL_LENGTH ? utc : undefined;
}

/** The UTC text of a Unix time in ms. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString();
}

/** The UTC text `ms` earlier; what would be before the year 0 is the year 0. */
export function earlier(utc: string, ms: number): string {
  return new Date(Math.max(Date.parse(utc) - ms, -62_167_219_200_000)).toISOString();
}

/** Whether the text has the canonical form and names a time that exists. On the path of every record: no allocation. */
function isCanonical(text: string): boolean {
  if (text.length !== CANONICAL_LENGTH) return false;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  return (
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= 28 || day <= daysIn(year, month)) &&
    within(text, 11, 23) &&
    within(text, 14, 59) &&
    within(text, 17, 59) &&
    digits(text, 20, 3) >= 0 &&
    separated(text)
  );
}

const [DASH, T, COLON, DOT, Z] = Buffer.from('-T:.Z');

function separated(text: string): boolean {
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === T &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    text.charCodeAt(19) === DOT &&
    text.charCodeAt(23) === Z
  );
}

function within(text: string, from: number, most: number): boolean {
  const value = digits(text, from, 2);
  return value >= 0 && value <= most;
}

/** The number that `count` digits spell; -1 if one of them is no digit. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
