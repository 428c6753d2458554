import { laterMoment } from './calendar.ts';
import { deploymentId } from './deployments.ts';
import { Kind, readId } from './ids.ts';
import { isListed } from './recipe-families.ts';
import { recipeId, recipeRow } from './recipe-rows.ts';
import { type Row, type World, upTo } from './world.ts';

/** A recipe that has just been changed or made. */
export interface RecipeChange {
  readonly id: string;
  readonly deploymentId: string;
  readonly updatedAt: string;
}

/** All recipes of the world: a fixed history, and what was touched and added since. */
export class Recipes {
  readonly #world: World;
  readonly #changed = new Map<string, number>();
  /** How many recipes have been added, by deployment. */
  readonly #added = new Map<number, number>();
  #changes = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** How many recipes of a deployment there are, at any depth. */
  count(deployment: number): number {
    return this.#world.recipesPerDeployment + (this.#added.get(deployment) ?? 0);
  }

  /** The ids of a deployment's recipes, each once. */
  keys(deployment: number): string[] {
    return upTo(this.count(deployment)).map((index) => recipeId(this.#world, deployment, index));
  }

  /** The list of a deployment, in no order. */
  list(deployment: number): Row[] {
    return upTo(this.count(deployment))
      .filter((index) => isListed(index, this.#world.recipesPerDeployment))
      .map((index) => recipeRow(this.#world, this.#changed, deployment, index));
  }

  /** One recipe of any depth. */
  find(id: string): Row | undefined {
    const found = readId(this.#world.seed, Kind.recipe, id);
    if (found === undefined || found.group >= this.#world.deployments) return undefined;
    if (found.index >= this.count(found.group)) return undefined;
    return recipeRow(this.#world, this.#changed, found.group, found.index);
  }

  /** Changes a recipe of the deployment: another one, at whatever depth, at each call. */
  touch(deployment: number): RecipeChange {
    const count = this.count(deployment);
    if (count === 0) throw new RangeError('this deployment has no recipe to touch');
    return this.#change(deployment, this.#changes % count);
  }

  /** Adds a recipe to the deployment, at the top level. */
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
