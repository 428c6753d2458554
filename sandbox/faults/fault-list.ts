import type { Fault } from './fault.ts';
import { pathPattern } from './path-pattern.ts';

/** One fault, and how often each path has come to it. */
class Occurrences {
  readonly fault: Fault;
  readonly #matches: (path: string) => boolean;
  readonly #seen = new Map<string, number>();

  constructor(fault: Fault) {
    this.fault = fault;
    this.#matches = pathPattern(fault.path);
  }

  /** Counts a request; whether it is one that gets the fault. */
  take(path: string): boolean {
    if (!this.#matches(path)) return false;
    const { after = 0, times = 'always' } = this.fault;
    if (after === 0 && times === 'always') return true;
    const before = this.#seen.get(path) ?? 0;
    this.#seen.set(path, before + 1);
    return before >= after && (times === 'always' || before < after + times);
  }
}

/**
 * The faults in play. A request gets the first that applies to it and is not counted for those behind, so that faults of
 * one path come one after the other.
 */
export class FaultList {
  #list: readonly Occurrences[] = [];

  constructor(faults: readonly Fault[]) {
    this.replace(faults);
  }

  /** Puts others in place of all faults, and begins to count anew. */
  replace(faults: readonly Fault[]): void {
    this.#list = faults.map((fault) => new Occurrences(fault));
  }

  take(path: string): Fault | undefined {
    return this.#list.find((occurrences) => occurrences.take(path))?.fault;
  }
}
