import { ACCOUNT_SLUG, accountId } from './accounts.ts';
import { DAY, END_OF_HISTORY, spell } from './calendar.ts';
import { Kind, makeId, readId } from './ids.ts';
import type { Row, World } from './world.ts';

export const clusterId = (world: World, index: number): string => makeId(world.seed, Kind.cluster, 0, (index % 3) + 1);

/** Clusters in all their variety: tags came late, and sources disagree on the type of `multitenant` (reference, 12). */
export const clusters = (world: World): Row[] => {
  const common = (index: number, name: string): Row => ({
    id: clusterId(world, index),
    account_id: accountId(world),
    name,
    type: index === 2 ? 'public' : 'private',
    account_slug: ACCOUNT_SLUG,
    created_at: spell(END_OF_HISTORY - (1500 - index) * DAY + 123, index),
    subdomain: name,
  });
  return [
    {
      ...common(0, 'harbour-eu-c00'),
      provider: 'aws',
      region: 'eu-west-1',
      multitenant: false,
      tags: ['production', 'eu'],
    },
    { ...common(1, 'harbour-us-c01'), provider: 'gce', region: 'us-east1', multitenant: false, tags: [] },
    { ...common(2, 'compose-shared-17'), account_id: null, provider: 'aws', region: 'us-east-1', multitenant: 'true' },
  ];
};

/** One cluster by its id. */
export const cluster = (world: World, id: string): Row | undefined => {
  const index = readId(world.seed, Kind.cluster, id)?.index ?? 0;
  return clusters(world)[index - 1];
};
