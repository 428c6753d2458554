/** A count with its noun, such as `1 deployment` or `2 deployments`. */
export function count(n: number, thing: string, things = `${thing}s`): string {
  return `${n} ${n === 1 ? thing : things}`;
}

/** The name of a single thing, or a count with an example: `deployment d1`, or `2 deployments, such as deployment d1`. */
export function countOrName(n: number, thing: string, first: string): string {
  return n === 1 ? first : `${count(n, thing)}, such as ${first}`;
}
