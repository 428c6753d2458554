const CANONICAL_LENGTH = 'YYYY-MM-DDTHH:mm:ss.SSSZ'.length;
/** As a pattern it was measured as twice as fast as looking at one character after the other. */
const CANONICAL =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
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

/** Whether the text has the canonical form and names a time that exists. On the path of every record. */
function isCanonical(text: string): boolean {
  if (!CANONICAL.test(text)) return false;
  const day = digits(text, 8, 2);
  return day <= 28 || day <= daysIn(digits(text, 0, 4), digits(text, 5, 2));
}

const [DASH, COLON, PLUS] = Buffer.from('-:+');

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
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
