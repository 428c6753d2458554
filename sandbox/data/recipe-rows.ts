import { accountId } from './accounts.ts';
import { DAY, END_OF_HISTORY, MINUTE, SECOND, spell } from './calendar.ts';
import { deploymentId } from './deployments.ts';
import { Kind, makeId } from './ids.ts';
import { noise, pick } from './noise.ts';
import { childrenOf, parentOf, placeOf } from './recipe-families.ts';
import type { Row, World } from './world.ts';

const NAMES = [
  'Scale deployment to 3 units',
  'Create capsule',
  'Start\u2028capsule',
  'Run “étape”',
  'Wait',
  'Provision',
] as const;

// Sources disagree on `complete` and `completed` (reference, 12).
const STATUSES = ['complete', 'complete', 'completed', 'failed', 'waiting'] as const;

export const recipeId = (world: World, deployment: number, index: number): string =>
  makeId(world.seed, Kind.recipe, deployment, index);

/** Dates of the fixed history: a family begins at some time in the last year, its parts a second apart. */
const history = (world: World, deployment: number, index: number): { created: number; updated: number } => {
  const place = placeOf(index);
  const begun = END_OF_HISTORY - DAY - (noise(world.seed, 51 + deployment, index - place) % (300 * DAY));
  const created = begun + place * SECOND;
  return { created, updated: created + SECOND + (noise(world.seed, 52 + deployment, index) % (20 * MINUTE)) };
};

/** When a recipe was made or changed after the history's end, by its id. */
export type Changes = ReadonlyMap<string, number>;

/** A recipe with its parts inside of it, at every depth. */
export const recipeRow = (world: World, changes: Changes, deployment: number, index: number): Row => {
  const past = world.recipesPerDeployment;
  const id = recipeId(world, deployment, index);
  const changed = changes.get(id);
  const { created, updated } = history(world, deployment, index);
  const parent = parentOf(index, past);
  const children = childrenOf(index, past).map((child) => recipeRow(world, changes, deployment, child));
  return {
    id,
    name: pick(NAMES, placeOf(index)),
    template: parent === undefined ? 'Recipes::Deployment::Run' : 'Recipes::Capsule::Create',
    status: changed === undefined ? pick(STATUSES, index) : 'running',
    status_detail: changed === undefined ? 'All operations have completed!' : 'Running create_capsule on host.',
    account_id: accountId(world),
    deployment_id: deploymentId(world, deployment),
    parent_id: parent === undefined ? null : recipeId(world, deployment, parent),
    created_at: spell(index < past ? created : (changed ?? created), index),
    updated_at: changed === undefined ? spell(updated, index + deployment) : spell(changed, 0),
    // Some examples lack the counters, and most the source.
    ...(index % 4 === 3 ? {} : { operations_complete: changed === undefined ? 6 : 1, operations_total: 6 }),
    ...(placeOf(index) === 0
      ? { source: 'customer_api', source_user: null, source_reason: null, source_ip: '203.0.113.24' }
      : {}),
    // One without parts has an empty list, or none at all.
    ...(children.length > 0 || index % 3 === 0 ? { _embedded: { recipes: children } } : {}),
  };
};
