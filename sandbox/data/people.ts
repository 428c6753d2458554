import { Kind, makeId, readId } from './ids.ts';
import type { Row, World } from './world.ts';

const NAMES = ['Ada Quay', 'Bo Pier', 'Çelik Ñandú', 'Dana "Dee" Dock'] as const;

/** Users of the account (go user.go): id and name only. */
export const users = (world: World): { id: string; name: string }[] =>
  NAMES.map((name, index) => ({ id: makeId(world.seed, Kind.user, 0, index + 1), name }));

/** The owner of the token. */
export const currentUser = (world: World): Row => ({ id: makeId(world.seed, Kind.user, 0, 1), name: NAMES[0] });

/** Teams with their users inline (H-teamsapi): one has none, and one does not even have the list. */
export const teams = (world: World): Row[] => {
  const [ada, bo, third] = users(world);
  const id = (index: number): string => makeId(world.seed, Kind.team, 0, index);
  return [
    { id: id(1), name: 'Data Platform', users: [ada, bo] },
    { id: id(2), name: 'Billing', users: [] },
    { id: id(3), name: 'On call', users: [third] },
    { id: id(4), name: 'Contractors' },
  ];
};

/** One team by its id. */
export const team = (world: World, id: string): Row | undefined => {
  const index = readId(world.seed, Kind.team, id)?.index ?? 0;
  return teams(world)[index - 1];
};
