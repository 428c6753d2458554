import { isDeepStrictEqual } from 'node:util';
import type { ConfiguredCatalog, DiscoveredStream } from './catalog-schema.ts';
import type { CheckContext } from './check.ts';
import type { CommandRun } from './command-run.ts';
import type { IncrementalTest } from './config.ts';
import { discoveredWith } from './discovery.ts';
import type { StateMessage } from './message-schema.ts';
import { keyOf, recordsOf, statesOf } from './read-result.ts';

const samples = 5;

/**
 * Check 50: from states in the middle of a read, a second read must bring what came after them, and not everything.
 * Each stream is read by itself, so that the others need no state.
 */
export async function sequentialSlices(
  context: CheckContext,
  test: IncrementalTest,
  catalog: ConfiguredCatalog,
): Promise<string[]> {
  const config = await context.file(test.config_path);
  const discovered = await discoveredWith(context, test.config_path);
  const found: string[] = [];
  let continued = 0;
  for (const configured of catalog.streams) {
    const { name } = configured.stream;
    const only = { streams: [configured] };
    const stream = discovered.streams.find((known) => known.name === name);
    const full = await context.run('read', { config, catalog: only });
    for (const index of sampledStates(statesOf(full, name))) {
      const state = [statesOf(full, name)[index]];
      const rest = await context.run('read', { config, catalog: only, state });
      found.push(
        ...sliceProblems(stream, full, rest, index).map((problem) => `${name}, STATE ${index + 1}: ${problem}`),
      );
      continued += 1;
    }
  }
  if (catalog.streams.length > 0 && continued === 0) found.push('No stream sends a STATE in the middle of its read.');
  return found;
}

/** About five states that have records before and after them, each content once; never the first or the last. */
export function sampledStates(states: readonly StateMessage[]): number[] {
  const middle = states.flatMap((state, index) => {
    const isCounted = index > 0 && index < states.length - 1 && state.sourceStats.recordCount > 0;
    const isNew = !states.slice(0, index).some((earlier) => isDeepStrictEqual(earlier.stream, state.stream));
    return isCounted && isNew ? [index] : [];
  });
  const step = Math.max(1, Math.ceil(middle.length / samples));
  return middle.filter((_, place) => place % step === 0);
}

function sliceProblems(
  stream: DiscoveredStream | undefined,
  full: CommandRun,
  rest: CommandRun,
  index: number,
): string[] {
  const name = stream?.name ?? '';
  const counts = statesOf(full, name).map(({ sourceStats }) => sourceStats.recordCount);
  const before = counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0);
  const after = counts.slice(index + 1).reduce((sum, count) => sum + count, 0);
  const keys = recordsOf(full, name).map((record) => keyOf(stream, record));
  const again = recordsOf(rest, name).map((record) => keyOf(stream, record));
  const problems: string[] = [];
  if (again.length < after) problems.push(`${again.length} records come, but ${after} were missing.`);
  if (isDeepStrictEqual(again, keys)) problems.push('everything is read again.');
  // Stronger than counting: what was there before the state and what comes after it are the whole stream.
  const known = new Set([...keys.slice(0, before), ...again]);
  const lost = keys.filter((key) => !known.has(key)).length;
  if (lost > 0) problems.push(`${lost} records are lost between the reads.`);
  return problems;
}
