import { isDeepStrictEqual } from 'node:util';
import { check, type Check, type CheckContext, inEach } from './check.ts';
import { discoveredWith } from './checks-discovery.ts';
import { type CommandRun, fieldValue, finalStates, keyOf, recordsOf, statesOf } from './command-run.ts';
import type { FullRefreshTest, IncrementalTest } from './config.ts';
import { isObject } from './json-schema.ts';
import type {
  ConfiguredCatalog,
  DiscoveredCatalog,
  DiscoveredStream,
  RecordMessage,
  StateMessage,
} from './messages.ts';

/** Checks 48 to 51. */
export const repeatedReadChecks: readonly Check[] = [
  check(48, 'sequential_reads', 'A second full read returns at least the records of the first.', (context) =>
    inEach(context.tests.full_refresh.tests, (test) => sequentialReads(context, test)),
  ),
  incrementalCheck(49, 'two_sequential_reads', 'A read from the final state does not repeat the first.', twoReads),
  incrementalCheck(
    50,
    'read_sequential_slices',
    'A read from any state returns everything that was missing.',
    sequentialSlices,
  ),
  incrementalCheck(
    51,
    'state_with_abnormally_large_values',
    'A read from a state in the future returns nothing.',
    futureState,
  ),
];

async function sequentialReads(context: CheckContext, test: FullRefreshTest): Promise<string[]> {
  const configured = (await context.file(test.configured_catalog_path)) as ConfiguredCatalog;
  const files = { config: await context.file(test.config_path), catalog: withSyncMode(configured, 'full_refresh') };
  const first = await context.run('read', files, 'first full read');
  const second = await context.run('read', files, 'second full read');
  const catalog = await discoveredWith(context, test.config_path);
  const found = configured.streams.flatMap(({ stream: { name } }) => {
    const ignored = (test.ignored_fields[name] ?? []).map((field) => field.name);
    return lostRecords(catalog, name, ignored, first, second);
  });
  return [...found, ...emissionProblems(first, second)];
}

function lostRecords(
  catalog: DiscoveredCatalog,
  name: string,
  ignored: readonly string[],
  first: CommandRun,
  second: CommandRun,
): string[] {
  const stream = catalog.streams.find((discovered) => discovered.name === name);
  const contentOf = (record: RecordMessage): string => {
    const data = Object.fromEntries(Object.entries(record.data).filter(([field]) => !ignored.includes(field)));
    const kept = { ...record, data };
    return stream?.source_defined_primary_key
      ? `${keyOf(stream, record)} ${keyOf(undefined, kept)}`
      : keyOf(stream, kept);
  };
  const again = new Set(recordsOf(second, name).map(contentOf));
  const records = recordsOf(first, name);
  const lost = records.filter((record) => !again.has(contentOf(record)));
  const found = lost.length > 0 ? [`${name}: ${lost.length} records of the first read are missing or different.`] : [];
  return records.length === 0 ? [`${name}: the first read returns no records.`] : found;
}

// Records kept from the first read would carry its time.
function emissionProblems(first: CommandRun, second: CommandRun): string[] {
  const last = recordsOf(first).reduce((latest, { emitted_at: at }) => Math.max(latest, at), 0);
  const early = recordsOf(second).filter(({ emitted_at: at }) => at < last).length;
  return early > 0 ? [`${early} records of the second read are older than the first read.`] : [];
}

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
    if (recordsOf(first, name).length === 0) return [`${name}: the first read returns no records.`];
    return contentOf(first, name) === contentOf(second, name) ? [`${name}: both reads return the same records.`] : [];
  });
}

function contentOf(run: CommandRun, stream: string): string {
  return JSON.stringify(recordsOf(run, stream).map(({ data }) => data));
}

const samples = 5;

/**
 * Check 50: from a state in the middle of a read, a second read must return what came after it, and not everything.
 * Each stream is read alone, so that the others need no state.
 */
async function sequentialSlices(
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

/** About five states from the middle, each with records to count and content that no earlier one has. */
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
  if (again.length < after) problems.push(`${again.length} records are read, but ${after} were missing.`);
  if (isDeepStrictEqual(again, keys)) problems.push('everything is read again.');
  // Stronger than counting: the records before the state and those of the second read make up the whole stream.
  const known = new Set([...keys.slice(0, before), ...again]);
  const lost = keys.filter((key) => !known.has(key)).length;
  if (lost > 0) problems.push(`${lost} records are lost between the reads.`);
  return problems;
}

/** Check 51: a state from the year 9999 yields no records and is sent back unchanged. */
async function futureState(
  context: CheckContext,
  test: IncrementalTest,
  catalog: ConfiguredCatalog,
): Promise<string[]> {
  if (!('future_state_path' in test.future_state)) return [];
  const config = await context.file(test.config_path);
  const state = await context.file(test.future_state.future_state_path);
  const given = (Array.isArray(state) ? state : [state]).filter(isObject);
  const run = await context.run('read', { config, catalog, state });
  const discovered = await discoveredWith(context, test.config_path);
  return catalog.streams.flatMap(({ stream: { name } }) => {
    const cursor = discovered.streams.find((stream) => stream.name === name)?.default_cursor_field ?? [];
    // A row without a cursor value cannot be placed before or after the state, so by design it is always read.
    const dated = recordsOf(run, name).filter(({ data }) => (fieldValue(data, cursor) ?? null) !== null);
    const found = dated.length > 0 ? [`${name}: ${dated.length} records are read in spite of the state.`] : [];
    const own = given.find((message) => fieldValue(message, ['stream', 'stream_descriptor', 'name']) === name);
    if (!own) return [...found, `${name}: the state file does not have it.`];
    const last = statesOf(run, name).at(-1);
    if (!last) return [...found, `${name}: no STATE is sent.`];
    // Those rows of no date are kept in mind, since they may get one.
    const { pending: _undated, ...state } = last.stream.stream_state ?? {};
    const isKept = isDeepStrictEqual(state, fieldValue(own, ['stream', 'stream_state']));
    return isKept ? found : [...found, `${name}: the given state is not kept.`];
  });
}

/** The same catalog with another sync mode for every stream. */
function withSyncMode(catalog: ConfiguredCatalog, syncMode: string): ConfiguredCatalog {
  return { streams: catalog.streams.map((stream) => ({ ...stream, sync_mode: syncMode })) };
}

/** Only the streams that are to be read incrementally. */
export function incrementalOf(catalog: ConfiguredCatalog): ConfiguredCatalog {
  return { streams: catalog.streams.filter(({ sync_mode: mode }) => mode === 'incremental') };
}
