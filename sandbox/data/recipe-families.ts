import { upTo } from './world.ts';

/** The place of the parent of each place in a family, or none: recipes come in families of six. */
const PARENT_OF = [undefined, 0, 0, 1, 3, undefined] as const;
const FAMILY = PARENT_OF.length;

/** The place in its family, 0 to 5. */
export const placeOf = (index: number): number => index % FAMILY;

/** The index of the recipe that this one is a part of. Only the fixed history has families: `past` recipes. */
export const parentOf = (index: number, past: number): number | undefined => {
  const parent = PARENT_OF[placeOf(index)];
  return parent === undefined || index >= past ? undefined : index - placeOf(index) + parent;
};

/** The indices of the parts of a recipe. */
export const childrenOf = (index: number, past: number): number[] =>
  upTo(FAMILY)
    .map((place) => index - placeOf(index) + place)
    .filter((other) => other < past && parentOf(other, past) === index);

/**
 * Whether the list has the recipe as a row of its own. It is unknown whether children stand there as well as in their
 * parent (reference, 9.11), so a child of every other family does.
 */
export const isListed = (index: number, past: number): boolean =>
  parentOf(index, past) === undefined || index % (2 * FAMILY) === 2;
