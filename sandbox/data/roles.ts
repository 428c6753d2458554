import { teams, users } from './people.ts';
import type { Row, World } from './world.ts';

/** Roles with their users (node-roles). Listing roles that nobody has is our convention. */
export const roles = (world: World, deployment: number): Row[] => {
  if (deployment % 5 === 4) return [];
  const [ada, bo, third] = users(world);
  return [
    { name: 'admin', users: [ada] },
    ...(deployment % 2 === 0 ? [{ name: 'manager', users: [bo, third] }] : []),
    { name: 'developer', users: [] },
  ];
};

/** Roles with their teams (go team_roles.go); the users of a team are not always given. */
export const teamRoles = (world: World, deployment: number): Row[] => {
  if (deployment % 4 === 3) return [];
  const [platform, billing] = teams(world);
  return [
    { name: 'developer', teams: [platform] },
    { name: 'manager', teams: deployment % 2 === 0 ? [{ id: billing?.['id'], name: billing?.['name'] }] : [] },
  ];
};
