import { readCheck, readStreamCheck } from './basic-read.ts';
import type { ConfiguredStream, DiscoveredStream } from './catalog-schema.ts';
import type { Check } from './check.ts';
import { statesOf } from './read-result.ts';

const stranger = '__AIRBYTE__stream_that_does_not_exist';

/** Checks 43, 44, 46 and 47: what a read prints besides its records. */
export const readProtocolChecks: readonly Check[] = [
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
  readCheck(44, 'states', 'Every stream sends a STATE of its own, with its sourceStats.', ({ run, streams }) => {
    // The transcript keeps only STATE messages of type STREAM that have sourceStats; others are violations already.
    const misshapen = run.transcript.violations.filter(({ rule }) => rule === '1.7 STATE');
    const states = statesOf(run).length;
    const found = misshapen.map(({ sentence }) => sentence);
    return states < streams.length ? [...found, `${states} STATEs for ${streams.length} streams.`] : found;
  }),
  readCheck(46, 'read_with_bad_catalog', 'A catalog that cannot be read gives a TRACE ERROR.', async (read) => {
    const found: string[] = [];
    for (const [what, configured] of badStreams(read.streams[0])) {
      const config = await read.context.file(read.test.config_path);
      const run = await read.context.run('read', { config, catalog: { streams: [configured] } });
      const hasError = run.transcript.messages.some(
        (message) => message.type === 'TRACE' && message.trace.type === 'ERROR',
      );
      if (!hasError || run.exitCode !== 1)
        found.push(`A catalog with ${what} gives no TRACE ERROR, or does not exit with 1.`);
    }
    return found;
  }),
  readStreamCheck(47, 'all_supported_file_types', 'No stream claims to carry files.', (_records, stream) =>
    stream.is_file_based ? ['It is based on files, which this suite cannot check.'] : [],
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
