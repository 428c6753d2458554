import type { CheckContext, CommandFiles } from './check.ts';
import type { Command, CommandRun } from './command-run.ts';
import type { AcceptanceTests } from './config.ts';
import { fakeRead } from './fake-read.ts';
import { fakeSource, type FakeSource } from './fake-source.ts';
import { parseTranscript } from './transcript.ts';
import { error, log, textOf, type PlainMessage } from './valid-read.ts';

const fakeTests: AcceptanceTests = {
  spec: { tests: [{ config_path: 'good', spec_path: 'spec', previous_release_path: 'old-spec' }] },
  connection: {
    tests: [
      { config_path: 'good', status: 'succeed' },
      { config_path: 'bad', status: 'failed' },
      { config_path: 'good', status: 'exception' },
    ],
  },
  discovery: { tests: [{ config_path: 'good', previous_release_path: 'old-catalog' }] },
  basic_read: {
    tests: [
      {
        config_path: 'good',
        empty_streams: [],
        validate_schema: true,
        validate_data_points: true,
        absent_fields: {},
        fail_on_extra_columns: true,
        expect_records: 'sandbox',
      },
    ],
  },
  full_refresh: {
    tests: [{ config_path: 'good', configured_catalog_path: 'configured', ignored_fields: {} }],
  },
  incremental: {
    tests: [
      {
        config_path: 'good',
        configured_catalog_path: 'configured',
        future_state: { future_state_path: 'future' },
      },
    ],
  },
};

/** The checks' context over a source that lives in this process, after `change` has broken something in it. */
export function fakeContext(change: (source: FakeSource) => void = () => undefined): CheckContext {
  const held = fakeSource();
  const source = fakeSource();
  change(source);
  const finished = new Map<string, CommandRun>();
  const runs: CommandRun[] = [];
  let outage = false;

  const print = (command: Command, files: CommandFiles): PlainMessage[] => {
    if (command === 'spec') return [{ type: 'SPEC', spec: source.spec }];
    if (command === 'discover') return [{ type: 'CATALOG', catalog: source.catalog }];
    if (command === 'read') return fakeRead(source, files);
    if (outage) return [error('transient_error')];
    const isGood = (files.config as { api_token: string }).api_token === 'good';
    const connectionStatus = isGood ? { status: 'SUCCEEDED' } : { status: 'FAILED', message: 'A bad token.' };
    return [log('INFO', 'Trying.'), { type: 'CONNECTION_STATUS', connectionStatus }];
  };

  const run = (command: Command, files: CommandFiles = {}, repetition = ''): CommandRun => {
    const key = JSON.stringify([command, files, repetition]);
    const known = finished.get(key);
    if (known) return known;
    const messages = source.edit(command, print(command, files), files);
    const result: CommandRun = {
      command,
      transcript: parseTranscript(textOf(messages)),
      exitCode: messages.some((message) => JSON.stringify(message).includes('"type":"ERROR"')) ? 1 : 0,
      stderr: '',
      configuredCatalog: files.catalog as CommandRun['configuredCatalog'],
      discoveredCatalog: source.catalog as unknown as CommandRun['discoveredCatalog'],
    };
    finished.set(key, result);
    runs.push(result);
    return result;
  };

  return {
    tests: fakeTests,
    run: (command, files, repetition) => Promise.resolve(run(command, files, repetition)),
    runs: () => runs,
    file: (path) => Promise.resolve(source.files[path]),
    duringOutage: async (work) => {
      outage = true;
      try {
        return await work();
      } finally {
        outage = false;
      }
    },
    expected: {
      counts: () => Object.fromEntries(Object.entries(held.rows).map(([name, rows]) => [name, rows.length])),
      keys: (stream) => (held.rows[stream] ?? []).map((row) => String(row['id'])),
    },
  };
}
