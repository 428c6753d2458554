import { hex8, noise } from '../noise.ts';

/** What the made-up account holds; everything else follows from it. */
export interface World {
  readonly seed: number;
  readonly deployments: number;
  readonly recipesPerDeployment: number;
}

/** Where links of the real API point to. They are never meant to be followed (compose-api.md, 5). */
const API = 'https://api.compose.io/2016-07';

/** A templated link as Compose writes them; relative ones have been seen too. */
export function link(path: string, root: string = `${API}/`): { href: string; templated: boolean } {
  return { href: `${root}${path}{?embed}`, templated: true };
}

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
export function laterMoment(n: number): number {
  return Math.min(END_OF_HISTORY + (n + 1) * SECOND, NOW);
}

/** The one zone other than UTC that recorded dates show. */
export const ZONE = '-05:00';
export const ZONE_OFFSET = -5 * HOUR;

/** The spellings of a date that recorded answers show: milliseconds and Z, seconds and Z, an offset (compose-api.md, 6). */
export function spell(time: number, spelling: number): string {
  if (spelling % 3 === 1) return `${new Date(time).toISOString().slice(0, 19)}Z`;
  if (spelling % 3 === 2) return `${new Date(time + ZONE_OFFSET).toISOString().slice(0, 23)}${ZONE}`;
  return new Date(time).toISOString();
}

/** What an id names; two hexadecimal digits in the middle of it. */
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

/** The eight digits behind the first eight: kind and group, different from seed to seed. */
export function kindMark(seed: number, kind: Kind, group: number): string {
  return hex8(((kind << 24) | ((noise(seed, kind, 7) ^ group) & 0xffffff)) >>> 0);
}

/** A 24-hex id as MongoDB makes them; unique by kind, group (the deployment, say) and index, which stand in it. */
export function makeId(seed: number, kind: Kind, group: number, index: number): string {
  const beginning = (noise(seed, kind, 11) >>> 8).toString(16).padStart(6, '0');
  return `5a${beginning}${kindMark(seed, kind, group)}${hex8(index)}`;
}

/** The group and index of an id that `makeId` made for this seed and kind. */
export function readId(seed: number, kind: Kind, id: string): { group: number; index: number } | undefined {
  const group = (Number.parseInt(id.slice(10, 16), 16) ^ noise(seed, kind, 7)) & 0xffffff;
  const index = Number.parseInt(id.slice(16), 16);
  return makeId(seed, kind, group, index) === id ? { group, index } : undefined;
}
