import { Kind, makeId } from './ids.ts';
import type { Row, World } from './world.ts';

export const ACCOUNT_SLUG = 'harbour-analytics';

export const accountId = (world: World): string => makeId(world.seed, Kind.account, 0, 1);

/** One account, as there was for every user (P-ref). */
export const accounts = (world: World): Row[] => [
  { id: accountId(world), name: 'Harbour Analytics', slug: ACCOUNT_SLUG },
];
