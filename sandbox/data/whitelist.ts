import { Kind, makeId } from './ids.ts';
import type { Row, World } from './world.ts';

/** Addresses that may connect, as the API gives them back: `1.1.1.1/32`, also where `1.1.1.1` was sent (gds-brk). */
export const whitelist = (world: World, deployment: number): Row[] => {
  if (deployment % 3 === 2) return [];
  const entry = (index: number, ip: string, description: string): Row => ({
    id: makeId(world.seed, Kind.whitelist, deployment, index),
    ip,
    description,
  });
  return [entry(0, `198.51.100.${1 + (deployment % 250)}/32`, 'office'), entry(1, '203.0.113.0/24', '')];
};
