import { check, type Check, type CheckContext, inEach } from './check.ts';
import { discoveredWith } from './checks-discovery.ts';
import { type CommandRun, fieldValue, keyOf, recordsOf, statesOf, strictDataOf } from './command-run.ts';
import type { BasicReadTest } from './config.ts';
import { propertiesOf, validatorOf } from './json-schema.ts';
import type {
  ConfiguredCatalog,
  ConfiguredStream,
  DiscoveredCatalog,
  DiscoveredStream,
  RecordMessage,
} from './messages.ts';

/** A read of every stream that is not declared empty, and what to judge it by. */
interface BasicRead {
  readonly run: CommandRun;
  readonly streams: readonly DiscoveredStream[];
  readonly test: BasicReadTest;
  readonly context: CheckContext;
}

/** Reads all streams in full. Every check of the section looks at the same read. */
async function basicRead(context: CheckContext, test: BasicReadTest): Promise<BasicRead> {
  const catalog = await discoveredWith(context, test.config_path);
  const empty = test.empty_streams.map(({ name }) => name);
  const configured = fullRefreshOf(catalog, empty);
  const run = await context.run('read', { config: await context.file(test.config_path), catalog: configured });
  return { run, streams: catalog.streams.filter(({ name }) => !empty.includes(name)), test, context };
}

/** Everything that discover lists, to be read in full. */
function fullRefreshOf(catalog: DiscoveredCatalog, left: readonly string[] = []): ConfiguredCatalog {
  return {
    streams: catalog.streams
      .filter(({ name }) => !left.includes(name))
      .map((stream) => ({ stream, sync_mode: 'full_refresh', destination_sync_mode: 'append' })),
  };
}

/** A check of the basic read as a whole. */
function readCheck(
  number: number,
  name: string,
  sentence: string,
  find: (read: BasicRead) => readonly string[] | Promise<readonly string[]>,
): Check {
  return check(number, name, sentence, (context) =>
    inEach(context.tests.basic_read.tests, async (test) => find(await basicRead(context, test))),
  );
}

/** A check of each stream of the basic read. */
function readStreamCheck(
  number: number,
  name: string,
  sentence: string,
  find: (records: readonly RecordMessage[], stream: DiscoveredStream, read: BasicRead) => readonly string[],
): Check {
  return readCheck(number, name, sentence, (read) =>
    read.streams.flatMap((stream) =>
      find(recordsOf(read.run, stream.name), stream, read).map((found) => `${stream.name}: ${found}`),
    ),
  );
}

const stranger = '__AIRBYTE__stream_that_does_not_exist';

/** Checks 43, 44, 46 and 47: what a read prints beside its records. */
const readProtocolChecks: readonly Check[] = [
  readStreamCheck(
    43,
    'stream_statuses',
    'Every stream is STARTED, RUNNING and COMPLETE.',
    (_records, stream, { run }) => {
      const statuses = run.transcript.messages.flatMap((message) =>
        message.type === 'TRACE' &&
        message.trace.type === 'STREAM_STATUS' &&
        message.trace.stream_status.stream_descriptor.name === stream.name
          ? [message.trace.stream_status.status]
          : [],
      );
      const isRegular =
        statuses.length >= 3 &&
        statuses[0] === 'STARTED' &&
        statuses.at(-1) === 'COMPLETE' &&
        statuses.slice(1, -1).every((status) => status === 'RUNNING');
      return isRegular ? [] : [`The statuses are ${statuses.join(', ') || 'none'}.`];
    },
  ),
  readCheck(44, 'states', 'Every stream sends a STATE of its own, with sourceStats.', ({ run, streams }) => {
    // The transcript keeps only STATE messages of type STREAM with sourceStats; others are violations already.
    const misshapen = run.transcript.violations.filter(({ rule }) => rule === '1.7 STATE');
    const states = statesOf(run).length;
    const found = misshapen.map(({ sentence }) => sentence);
    return states < streams.length ? [...found, `${states} STATEs for ${streams.length} streams.`] : found;
  }),
  readCheck(46, 'read_with_bad_catalog', 'A bad catalog gives a TRACE ERROR.', async (read) => {
    const found: string[] = [];
    for (const [what, configured] of badStreams(read.streams[0])) {
      const config = await read.context.file(read.test.config_path);
      const run = await read.context.run('read', { config, catalog: { streams: [configured] } });
      const hasError = run.transcript.messages.some(
        (message) => message.type === 'TRACE' && message.trace.type === 'ERROR',
      );
      if (!hasError || run.exitCode !== 1)
        found.push(`A catalog with ${what} gives no TRACE ERROR or does not exit with 1.`);
    }
    return found;
  }),
  readStreamCheck(47, 'all_supported_file_types', 'No stream is file-based.', (_records, stream) =>
    stream.is_file_based ? ['It is file-based, which this suite cannot check.'] : [],
  ),
];

function badStreams(known: DiscoveredStream | undefined): [string, ConfiguredStream][] {
  const json_schema = { type: 'object', properties: { f1: { type: 'string' } } };
  const unknown = { name: stranger, json_schema, supported_sync_modes: ['full_refresh', 'incremental'] };
  return [
    ['an unknown stream and sync mode', { stream: unknown, sync_mode: 'INVALID', destination_sync_mode: 'INVALID' }],
    ['an unknown stream', { stream: unknown, sync_mode: 'full_refresh', destination_sync_mode: 'append' }],
    ['an unknown sync mode', { stream: known ?? unknown, sync_mode: 'INVALID', destination_sync_mode: 'append' }],
  ];
}

const shown = 3;

const recordChecks: readonly Check[] = [
  readCheck(36, 'read', 'A read returns records.', ({ run }) =>
    recordsOf(run).length === 0 ? ['There are no records.'] : [],
  ),
  readStreamCheck(37, 'records_share_fields', 'Every record has at least one declared field.', (records, stream) => {
    const declared = propertiesOf(stream.json_schema);
    const strangers = records.filter(({ data }) => !Object.keys(data).some((field) => field in declared));
    return strangers.length > 0 ? [`${strangers.length} records have no declared field.`] : [];
  }),
  readStreamCheck(
    38,
    'records_match_schema',
    'Every record is valid against its schema.',
    (_records, stream, { run }) => {
      const validate = validatorOf(stream.json_schema);
      return [...new Set(strictDataOf(run, stream.name).flatMap(validate))];
    },
  ),
  readStreamCheck(39, 'no_undeclared_empty_stream', 'Every stream has records, or is declared empty.', (records) =>
    records.length === 0 ? ['It has no records and is not declared empty.'] : [],
  ),
  readStreamCheck(
    40,
    'primary_keys_in_records',
    'Every record has a primary key of plain values.',
    (records, stream) => {
      const paths = stream.source_defined_primary_key ?? [];
      const keys = paths.length === 0 ? [] : records.map(({ data }) => paths.map((path) => fieldValue(data, path)));
      const isUsable = (key: unknown[]): boolean =>
        key.every((part) => typeof part !== 'object' || part === null) && key.some((part) => (part ?? null) !== null);
      const unusable = keys.filter((key) => !isUsable(key));
      return unusable.length > 0 ? [`${unusable.length} records have no usable primary key.`] : [];
    },
  ),
  readStreamCheck(
    41,
    'data_points',
    'Every declared field has a value in some record.',
    (records, stream, { test }) => {
      if (!test.validate_data_points) return [];
      const absent = (test.absent_fields[stream.name] ?? []).map(({ name }) => name);
      return Object.keys(propertiesOf(stream.json_schema))
        .filter((field) => !absent.includes(field) && records.every(({ data }) => (data[field] ?? null) === null))
        .map((field) => `The field ${field} never has a value.`);
    },
  ),
  readStreamCheck(42, 'expected_records', 'Every record that the API holds is read.', (records, stream, read) => {
    if (read.test.expect_records !== 'sandbox') return [];
    const { expected } = read.context;
    const due = expected.counts()[stream.name] ?? 0;
    if (!stream.source_defined_primary_key) {
      return records.length < due ? [`${records.length} records instead of ${due}.`] : [];
    }
    const found = new Set(records.map((record) => keyOf(stream, record)));
    const missing = [...expected.keys(stream.name)].filter((key) => !found.has(key));
    return missing.length > 0 ? [`${missing.length} missing, such as ${missing.slice(0, shown).join(', ')}.`] : [];
  }),
  readStreamCheck(45, 'no_extra_columns', 'Every top-level field is declared.', (records, stream, { test }) => {
    if (!test.fail_on_extra_columns) return [];
    const declared = propertiesOf(stream.json_schema);
    const extra = new Set(records.flatMap(({ data }) => Object.keys(data)).filter((field) => !(field in declared)));
    return Array.from(extra, (field) => `The field ${field} is not declared.`);
  }),
];

/** Checks 36 to 47. */
export const basicReadChecks: readonly Check[] = [...recordChecks, ...readProtocolChecks].toSorted(
  (a, b) => a.number - b.number,
);
