import { noise, pick, upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { accountId } from './account.ts';
import { deploymentId } from './deployments.ts';
import { DAY, END_OF_HISTORY, Kind, MINUTE, SECOND, type World, laterMoment, makeId, spell } from './world.ts';

export interface RecipeChange {
  readonly id: string;
  readonly deploymentId: string;
  readonly updatedAt: string;
}

/** The times when recipes were changed or added after the end of the history, by id. */
type Changes = ReadonlyMap<string, number>;

const NAMES = [
  'Scale deployment to 3 units',
  'Create capsule',
  'Start\u2028capsule',
  'Run “étape”',
  'Wait',
  'Provision',
] as const;

// Sources disagree on whether the status is `complete` or `completed` (compose-api.md, 12).
const STATUSES = ['complete', 'complete', 'completed', 'failed', 'waiting'] as const;

/** The position of each recipe's parent, if any, in a family of six recipes. */
const PARENT_OF = [undefined, 0, 0, 1, 3, undefined] as const;
const FAMILY = PARENT_OF.length;

/** The fixed history of recipes, with later changes and additions. */
export class Recipes {
  readonly #world: World;
  readonly #changed = new Map<string, number>();
  /** The number of recipes added to each deployment. */
  readonly #added = new Map<number, number>();
  #changes = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** The number of recipes in a deployment, including nested recipes. */
  count(deployment: number): number {
    return this.#world.recipesPerDeployment + (this.#added.get(deployment) ?? 0);
  }

  /** The ids of a deployment's recipes, without duplicates. */
  keys(deployment: number): string[] {
    return upTo(this.count(deployment)).map((index) => recipeId(this.#world, deployment, index));
  }

  /** The rows of a deployment's list of recipes, in no particular order. */
  list(deployment: number): Row[] {
    return upTo(this.count(deployment))
      .filter((index) => isListed(index, this.#world.recipesPerDeployment))
      .map((index) => recipeRow(this.#world, this.#changed, deployment, index));
  }

  /** Changes a recipe of the deployment. Each call changes a different recipe, at any depth. */
  touch(deployment: number): RecipeChange {
    const count = this.count(deployment);
    if (count === 0) throw new RangeError('this deployment has no recipe to change');
    return this.#change(deployment, this.#changes % count);
  }

  /** Adds a top-level recipe to the deployment. */
  add(deployment: number): RecipeChange {
    const index = this.count(deployment);
    this.#added.set(deployment, (this.#added.get(deployment) ?? 0) + 1);
    return this.#change(deployment, index);
  }

  #change(deployment: number, index: number): RecipeChange {
    const id = recipeId(this.#world, deployment, index);
    const moment = laterMoment(this.#changes);
    this.#changes += 1;
    this.#changed.set(id, moment);
    const updatedAt = new Date(moment).toISOString();
    return { id, deploymentId: deploymentId(this.#world, deployment), updatedAt };
  }
}

function recipeId(world: World, deployment: number, index: number): string {
  return makeId(world.seed, Kind.recipe, deployment, index);
}

/** A recipe with all its descendants nested. */
function recipeRow(world: World, changes: Changes, deployment: number, index: number): Row {
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
    // Some recorded examples lack the counters, and most lack the source.
    ...(index % 4 === 3 ? {} : { operations_complete: changed === undefined ? 6 : 1, operations_total: 6 }),
    ...(placeOf(index) === 0
      ? { source: 'customer_api', source_user: null, source_reason: null, source_ip: '203.0.113.24' }
      : {}),
    // A recipe without children has an empty list of children, or no list.
    ...(children.length > 0 || index % 3 === 0 ? { _embedded: { recipes: children } } : {}),
  };
}

/** A recipe's creation and update times in the fixed history. The recipes of a family are created one second apart. */
function history(world: World, deployment: number, index: number): { created: number; updated: number } {
  const place = placeOf(index);
  const begun = END_OF_HISTORY - DAY - (noise(world.seed, 51 + deployment, index - place) % (300 * DAY));
  const created = begun + place * SECOND;
  return { created, updated: created + SECOND + (noise(world.seed, 52 + deployment, index) % (20 * MINUTE)) };
}

/** The recipe's position in its family, from 0 to 5. */
function placeOf(index: number): number {
  return index % FAMILY;
}

/**
 * The index of the recipe's parent. Only the fixed history, which consists of the first `past` recipes, has families.
 */
function parentOf(index: number, past: number): number | undefined {
  const parent = PARENT_OF[placeOf(index)];
  return parent === undefined || index >= past ? undefined : index - placeOf(index) + parent;
}

function childrenOf(index: number, past: number): number[] {
  return upTo(FAMILY)
    .map((place) => index - placeOf(index) + place)
    .filter((other) => other < past && parentOf(other, past) === index);
}

/**
 * Whether the list contains the recipe as a separate row. No source says whether children are listed in addition to
 * being nested in their parent (compose-api.md, 9.11). The list therefore contains one child of every second family.
 */
function isListed(index: number, past: number): boolean {
  return parentOf(index, past) === undefined || index % (2 * FAMILY) === 2;
}
