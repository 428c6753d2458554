import { hex8, noise } from './noise.ts';

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
  logfile: 0x1f,
  whitelist: 0x1b,
  auditEvent: 0x0b,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** The sixteen digits before the index, or the eight after the first eight: they differ from seed to seed. */
export const kindMark = (seed: number, kind: Kind, group: number): string =>
  (((kind << 24) | ((noise(seed, kind, 7) ^ group) & 0xffffff)) >>> 0).toString(16).padStart(8, '0');

/** A 24-hex id as MongoDB makes them; unique by kind, group (the deployment, say) and index, which stand in it. */
export const makeId = (seed: number, kind: Kind, group: number, index: number): string =>
  `5a${(noise(seed, kind, 11) >>> 8).toString(16).padStart(6, '0')}${kindMark(seed, kind, group)}${hex8(index)}`;

/** The group and index of an id that `makeId` made for this seed and kind. */
export const readId = (seed: number, kind: Kind, id: string): { group: number; index: number } | undefined => {
  const group = (Number.parseInt(id.slice(10, 16), 16) ^ noise(seed, kind, 7)) & 0xffffff;
  const index = Number.parseInt(id.slice(16), 16);
  return makeId(seed, kind, group, index) === id ? { group, index } : undefined;
};
