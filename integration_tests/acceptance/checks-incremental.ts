import type { ConfiguredCatalog } from './catalog-schema.ts';
import { check, inEach, type Check, type CheckContext } from './check.ts';
import type { CommandRun } from './command-run.ts';
import type { IncrementalTest } from './config.ts';
import { futureState } from './future-state.ts';
import { finalStates, incrementalOf, recordsOf, statesOf } from './read-result.ts';
import { sequentialSlices } from './sequential-slices.ts';

/** Checks 49 to 51. */
export const incrementalChecks: readonly Check[] = [
  incrementalCheck(49, 'two_sequential_reads', 'A read from the final state brings less than the first.', twoReads),
  incrementalCheck(
    50,
    'read_sequential_slices',
    'A read from any state brings all that was missing.',
    sequentialSlices,
  ),
  incrementalCheck(51, 'state_with_abnormally_large_values', 'A state from the future brings nothing.', futureState),
];

function incrementalCheck(
  number: number,
  name: string,
  sentence: string,
  find: (context: CheckContext, test: IncrementalTest, catalog: ConfiguredCatalog) => Promise<string[]>,
): Check {
  return check(number, name, sentence, (context) =>
    inEach(context.tests.incremental.tests, async (test) => {
      const configured = (await context.file(test.configured_catalog_path)) as ConfiguredCatalog;
      return find(context, test, incrementalOf(configured));
    }),
  );
}

async function twoReads(context: CheckContext, test: IncrementalTest, catalog: ConfiguredCatalog): Promise<string[]> {
  const config = await context.file(test.config_path);
  const first = await context.run('read', { config, catalog });
  const second = await context.run('read', { config, catalog, state: finalStates(first) });
  return catalog.streams.flatMap(({ stream: { name } }) => {
    if (statesOf(first, name).length === 0) return [`${name}: the first read sends no STATE.`];
    if (recordsOf(first, name).length === 0) return [`${name}: the first read brings no record.`];
    return contentOf(first, name) === contentOf(second, name) ? [`${name}: both reads bring the same.`] : [];
  });
}

function contentOf(run: CommandRun, stream: string): string {
  return JSON.stringify(recordsOf(run, stream).map(({ data }) => data));
}
