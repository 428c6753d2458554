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
  // With milliseconds and an offset, as others come: nor here.
  if (text.length === 29) {
    const local = `${text.slice(0, 23)}Z`;
    const east = offsetMinutes(text.slice(23));
    if (east !== undefined && isCanonical(local)) return moved(local, east);
  }
  const match = SPELLINGS.exec(text.trim());
  if (match === null) return undefined;
  const [, day = '', minute = '00:00', second = '00', fraction = '', zone = 'Z'] = match;
  const local = `${day}T${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  return isCanonical(local) ? moved(local, offsetMinutes(zone) ?? 0) : undefined;
}

/** How far `+hh:mm` or `+hhmm` is ahead of UTC; undefined for any other text. */
function offsetMinutes(zone: string): number | undefined {
  const sign = zone.charCodeAt(0);
  if (sign !== PLUS && sign !== DASH) return undefined;
  const hours = digits(zone, 1, 2);
  const minutes = digits(zone, zone.length - 2, 2);
  const separated = zone.length === 6 ? zone.charCodeAt(3) === COLON : zone.length === 5;
  if (hours < 0 || minutes < 0 || !separated) return undefined;
  return (sign === DASH ? -1 : 1) * (hours * 60 + minutes);
}

/** A canonical text with the offset taken out of it. Undefined if that leads out of the years 0 to 9999. */
function moved(local: string, east: number): string | undefined {
  const minutes = digits(local, 11, 2) * 60 + digits(local, 14, 2) - east;
  // On the same day, as mostly: no date is needed, which costs as much as ten texts that are canonical.
  if (minutes >= 0 && minutes < 1_440) {
    return `${local.slice(0, 11)}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}${local.slice(16)}`;
  }
  const utc = new Date(Date.parse(local) - east * 60_000).toISOString();
  return utc.length === CANONICAL_LENGTH ? utc : undefined;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
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

const [DASH, T, COLON, DOT, Z, PLUS] = Buffer.from('-T:.Z+');

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
