import type { ConfiguredCatalog, DiscoveredCatalog } from './catalog-schema.ts';
import { check, inEach, type Check, type CheckContext } from './check.ts';
import type { CommandRun } from './command-run.ts';
import type { FullRefreshTest } from './config.ts';
import { discoveredWith } from './discovery.ts';
import type { RecordMessage } from './message-schema.ts';
import { keyOf, recordsOf, withSyncMode } from './read-result.ts';

/** Check 48. */
export const fullRefreshChecks: readonly Check[] = [
  check(48, 'sequential_reads', 'A second full read brings at least the records of the first.', (context) =>
    inEach(context.tests.full_refresh.tests, (test) => sequentialReads(context, test)),
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
  const found = lost.length > 0 ? [`${name}: ${lost.length} records of the first read are missing or differ.`] : [];
  return records.length === 0 ? [`${name}: the first read brings nothing.`] : found;
}

// Records that were kept from the first read would carry its time.
function emissionProblems(first: CommandRun, second: CommandRun): string[] {
  const last = recordsOf(first).reduce((latest, { emitted_at: at }) => Math.max(latest, at), 0);
  const early = recordsOf(second).filter(({ emitted_at: at }) => at < last).length;
  return early > 0 ? [`${early} records of the second read are older than the first read.`] : [];
}
