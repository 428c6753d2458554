import { hex8, noise } from '../noise.ts';

/** The options of the generated account, from which everything else is computed. */
export interface World {
  readonly seed: number;
  readonly deployments: number;
  readonly recipesPerDeployment: number;
}

/** The base URL of the real API's links. Clients must not follow these links (compose-api.md, 5). */
const API = 'https://api.compose.io/2016-07';

/** A templated link as in Compose's responses. Relative links also occurred. */
export function link(path: string, root: string = `${API}/`): { href: string; templated: boolean } {
  return { href: `${root}${path}{?embed}`, templated: true };
}

/**
 * The end of the generated history, the day before Compose shut down. It is fixed, so that all sandboxes have the same dates. Later
 * additions are dated after this time, one second apart.
 */
export const END_OF_HISTORY = Date.UTC(2023, 1, 28, 12, 0, 0);

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;

/** A date that is in the future whenever the sandbox runs. */
export const FUTURE = Date.UTC(2099, 0, 1);

/** The current time, fixed at the start, because an event's date must not change after the event has been returned. */
const NOW = Date.now();

/** The time of the nth later change, counted from 0. The result is after the history, but never in the future. */
export function laterMoment(n: number): number {
  return Math.min(END_OF_HISTORY + (n + 1) * SECOND, NOW);
}

/** The only time zone other than UTC in recorded dates. */
export const ZONE = '-05:00';
export const ZONE_OFFSET = -5 * HOUR;

/**
 * Formats a date in one of three recorded formats: milliseconds and Z, seconds and Z, or an offset (compose-api.md, 6).
 */
export function spell(time: number, spelling: number): string {
  if (spelling % 3 === 1) return `${new Date(time).toISOString().slice(0, 19)}Z`;
  if (spelling % 3 === 2) return `${new Date(time + ZONE_OFFSET).toISOString().slice(0, 23)}${ZONE}`;
  return new Date(time).toISOString();
}

/** The kind of object that an id identifies, as two hexadecimal digits in the middle of the id. */
export const Kind = {
  account: 0xa0,
  user: 0xa1,
  team: 0xaa,
  deployment: 0xb0,
  cluster: 0xc0,
  capsule: 0xca,
  backup: 0xd0,
  billable: 0xe0,
  addon: 0xf0,
  recipe: 0x1a,
  auditEvent: 0x0b,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** Digits 9 to 16 of an id: kind and group, different for each seed. */
export function kindMark(seed: number, kind: Kind, group: number): string {
  return hex8(((kind << 24) | ((noise(seed, kind, 7) ^ group) & 0xffffff)) >>> 0);
}

/** An id of 24 hexadecimal digits like MongoDB's, unique by kind, group (such as the deployment) and index. */
export function makeId(seed: number, kind: Kind, group: number, index: number): string {
  const beginning = (noise(seed, kind, 11) >>> 8).toString(16).padStart(6, '0');
  return `5a${beginning}${kindMark(seed, kind, group)}${hex8(index)}`;
}

/** Decodes the group and index of an id that `makeId` created for this seed and kind. */
export function readId(seed: number, kind: Kind, id: string): { group: number; index: number } | undefined {
  const group = (Number.parseInt(id.slice(10, 16), 16) ^ noise(seed, kind, 7)) & 0xffffff;
  const index = Number.parseInt(id.slice(16), 16);
  return makeId(seed, kind, group, index) === id ? { group, index } : undefined;
}
