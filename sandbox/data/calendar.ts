/**
 * The last moment of the made-up history, the day before Compose closed. Fixed, so that two runs of the sandbox serve
 * the same dates; what is added at run time is dated after it, a second apart.
 */
export const END_OF_HISTORY = Date.UTC(2023, 1, 28, 12, 0, 0);

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;

/** Far enough away to be in the future for every user of the sandbox. */
export const FUTURE = Date.UTC(2099, 0, 1);

/** Fixed for the life of the process, because dates of events must not change once they are told. */
const NOW = Date.now();

/** When the n-th (from 0) later change happened: after the history, yet never later than now. */
export const laterMoment = (n: number): number => Math.min(END_OF_HISTORY + (n + 1) * SECOND, NOW);

/** The one zone other than UTC that recorded dates show. */
export const ZONE = '-05:00';
export const ZONE_OFFSET = -5 * HOUR;

/** The spellings of a date that recorded answers show: milliseconds and Z, seconds and Z, an offset (reference, 6). */
export const spell = (time: number, spelling: number): string => {
  if (spelling % 3 === 1) return `${new Date(time).toISOString().slice(0, 19)}Z`;
  if (spelling % 3 === 2) return `${new Date(time + ZONE_OFFSET).toISOString().slice(0, 23)}${ZONE}`;
  return new Date(time).toISOString();
};
