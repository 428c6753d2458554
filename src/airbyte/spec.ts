import spec from '../../spec.json' with { type: 'json' };
import type { Context } from '../core/context.ts';

/** Prints the specification. Needs no config and no network, and loads nothing but spec.json. */
export function runSpec({ writer }: Context): number {
  writer.send({ type: 'SPEC', spec });
  return 0;
}
