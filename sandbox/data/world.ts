/** What the made-up account holds; everything else follows from it. */
export interface World {
  readonly seed: number;
  readonly deployments: number;
  readonly recipesPerDeployment: number;
}

/** A row or body as the API gives it. */
export type Row = Record<string, unknown>;

/** 0, 1, 2, … below the count. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
