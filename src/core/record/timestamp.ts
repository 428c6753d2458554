const CANONICAL_LENGTH = 'YYYY-MM-DDTHH:mm:ss.SSSZ'.length;
/** Matches the formats in which the APIs have returned times. A regular expression was the fastest check in measurements. */
const USUAL =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31|02-29)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
/** Also accepts a space for `T`, `UTC` for `Z`, a fraction of any length, and a missing time, seconds or time zone (treated as UTC). */
const NEAR = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/i;

/** Converts a timestamp to `YYYY-MM-DDTHH:mm:ss.SSSZ` in UTC, truncated to ms, so that times compare as strings. Undefined if invalid. */
export function toUtcText(text: string): string | undefined {
  const usual = USUAL.test(text) ? text : respelled(text);
  if (usual === undefined || !dayExists(usual)) return undefined;
  if (usual.endsWith('Z')) return usual.length === CANONICAL_LENGTH ? usual : `${usual.slice(0, 19)}.000Z`;
  const utc = new Date(usual).toISOString();
  // Times before the year 0 or after 9999 have longer texts, which can't be compared as strings.
  return utc.length === CANONICAL_LENGTH ? utc : undefined;
}

function respelled(text: string): string | undefined {
  const match = NEAR.exec(text.trim());
  if (match === null) return undefined;
  const [, day = '', minute = '00:00', second = '00', fraction = '', zone = 'Z'] = match;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
  const usual = `${day}T${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`;
  return USUAL.test(usual) ? usual : undefined;
}

/** The UTC text of a Unix time in ms. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString();
}

/** The UTC text of the time `ms` milliseconds before `utc`, but no earlier than the year 0. */
export function msBefore(utc: string, ms: number): string {
  return new Date(Math.max(Date.parse(utc) - ms, -62_167_219_200_000)).toISOString();
}

/** Whether the date exists. USUAL matches February 29 of every year; in a non-leap year, Date moves it to March 1. */
function dayExists(usual: string): boolean {
  return !usual.startsWith('02-29', 5) || new Date(`${usual.slice(0, 10)}T00:00:00Z`).getUTCDate() === 29;
}
