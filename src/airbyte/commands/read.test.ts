import { describe, expect, test } from 'vitest';
import { answer, startServer } from '../../../test-support/unit/http.ts';
import type { Message } from '../../../test-support/transcript.ts';
import { jsonFile, openContext } from '../../../test-support/unit/output.ts';
import { events, parts } from '../../../test-support/unit/reads.ts';
import { type Config, configFrom } from '../../config.ts';
import type { Row } from '../../core/record/row.ts';
import { streams as ibmStreams } from '../../platforms/ibm-cloud/streams/index.ts';
import { type ConfiguredStream, chooseStreams, streamsNamed } from '../protocol/configured-catalog.ts';
import { runRead } from './read.ts';

const BODIES: Record<string, string> = {
  accounts: JSON.stringify({ _embedded: { accounts: [{ id: 'a1', name: 'Harbour' }] } }),
  teams: JSON.stringify({ _embedded: { teams: [{ id: 't1' }, { id: 't2' }] } }),
};

const ibm = (options: Row = {}): Config =>
  configFrom({ platform: { name: 'ibm_cloud', api_key: 'k', ...options } }, '', () => undefined);
const IBM = ibm();

interface Given {
  /** The value of --streams, which replaces the catalog. */
  streams?: string;
  names?: string[];
  status?: number;
  state?: unknown;
  stopped?: boolean;
}

async function read({ streams: named, names = ['accounts', 'teams'], status = 200, state, stopped = false }: Given) {
  const { origin, requests } = await startServer((request, response) => {
    answer(response, status, BODIES[(request.url ?? '').slice(1)] ?? '{}');
  });
  const { context, messages, stop } = openContext();
  if (stopped) stop.abort(new Error('stopped by SIGTERM'));
  const streams = names.map((name) => ({ stream: { name }, sync_mode: 'full_refresh' }));
  const files = {
    config: jsonFile({ api_token: '0123456789abcdef', base_url: origin }),
    ...(named === undefined ? { catalog: jsonFile({ streams }) } : { streams: named }),
    state: state === undefined ? undefined : jsonFile(state),
  };
  const code = await runRead(context, files).catch((error: unknown) => error);
  return { code, files, requests, messages: messages() };
}

/** The type or status of each message about one stream, in order. */
function outline(messages: Message[], name: string): string[] {
  return messages.flatMap((message) => {
    const text = JSON.stringify(message);
    if (!text.includes(`"stream":"${name}"`) && !text.includes(`"name":"${name}"`)) return [];
    if (message.type !== 'TRACE') return message.type;
    return message.trace.type === 'ERROR' ? 'ERROR' : message.trace.stream_status.status;
  });
}

const errorsOf = (messages: Message[]): object[] =>
  messages.flatMap((message) =>
    message.type === 'TRACE' && message.trace.type === 'ERROR' ? [message.trace.error] : [],
  );

test('all streams in the catalog are read, and the exit code is 0', async () => {
  const { code, messages } = await read({});
  expect(code).toBe(0);
  expect(outline(messages, 'accounts')).toEqual(['STARTED', 'RUNNING', 'RECORD', 'STATE', 'COMPLETE']);
  expect(outline(messages, 'teams')).toEqual(['STARTED', 'RUNNING', 'RECORD', 'RECORD', 'STATE', 'COMPLETE']);
  expect(messages[0]).toMatchObject({
    type: 'LOG',
    log: { message: expect.stringMatching(/^source-compose .*: read$/) },
  });
});

test('an unknown stream is INCOMPLETE, and its error is printed after the other streams have been read', async () => {
  const { code, messages } = await read({ names: ['widgets', 'accounts'] });
  expect(code).toBe(1);
  expect(outline(messages, 'accounts').at(-1)).toBe('COMPLETE');
  expect(outline(messages, 'widgets')).toEqual(['STARTED', 'INCOMPLETE', 'ERROR']);
  expect(messages.at(-1)).toMatchObject({
    trace: { error: { failure_type: 'config_error', stream_descriptor: { name: 'widgets' } } },
  });
});

test('a rejected token ends the sync with a single error that names no stream', async () => {
  const { code, messages } = await read({ status: 401 });
  expect(code).toBe(1);
  for (const name of ['accounts', 'teams']) expect(outline(messages, name)).toEqual(['STARTED', 'INCOMPLETE']);
  expect(errorsOf(messages)).toMatchObject([{ failure_type: 'config_error' }]);
  expect(errorsOf(messages)[0]).not.toHaveProperty('stream_descriptor');
});

describe('the option --streams', () => {
  test('selects the named streams without a catalog, and reads them incrementally where possible', async () => {
    const { code, messages } = await read({ streams: 'teams, accounts' });
    expect(code).toBe(0);
    for (const name of ['teams', 'accounts']) expect(outline(messages, name).at(-1)).toBe('COMPLETE');
    expect(streamsNamed('deployments_recipes,teams', IBM)).toEqual(
      ['deployments_recipes', 'teams'].map((name) => ({ name, mode: 'incremental' })),
    );
  });

  test('selects all streams that are available with the config if its value is all', () => {
    const names = (config: Config): string[] => streamsNamed(' all ,accounts', config).map(({ name }) => name);
    const all = ibmStreams.map(({ name }) => name);
    const optional = ['api_keys', 'audit_events', 'service_ids', 'trusted_profiles', 'users'];
    expect(names(IBM)).toEqual(all.filter((name) => !optional.includes(name)));
    const logs = 'crn:v1:bluemix:public:logs:us-south:a/0:a0000000-0000-4000-8000-000000000001::';
    expect(names(ibm({ logs_instances: [logs], access_review: true, api_keys: true }))).toEqual(all);
  });

  test.each([
    ['accounts,team', 'The stream team does not exist. Did you mean teams?'],
    ['deployments_recipe', 'The stream deployments_recipe does not exist. Did you mean deployments_recipes?'],
    [
      'clusters',
      'The stream clusters belongs to the platform compose, but the config specifies ibm_cloud. Deselect the stream, or create a new catalog with discover.',
    ],
    [
      'audit_events',
      'The stream audit_events requires the option platform.logs_instances, which is not set. Set it, or deselect the stream.',
    ],
    ['widgets', `The stream widgets does not exist. Choose from: ${ibmStreams.map(({ name }) => name).join(', ')}.`],
  ])('causes an error if its value is %s', (text, message) => {
    const { unusable } = chooseStreams(streamsNamed(text, IBM), ibmStreams, IBM.platform);
    expect(unusable.map(({ error }) => error.message)).toEqual([message]);
  });

  test('causes an error about an unknown name before anything is read', async () => {
    const { code, requests } = await read({ streams: 'teams,account' });
    expect(code).toMatchObject({ message: 'The stream account does not exist. Did you mean accounts?' });
    expect(requests).toEqual([]);
  });

  test('causes a warning if it names no stream, and nothing is read', async () => {
    const { code, messages } = await read({ streams: ',' });
    expect(code).toBe(0);
    expect(messages.at(-1)).toMatchObject({ log: { level: 'WARN' } });
  });
});

test('an empty catalog causes a warning', async () => {
  const { code, requests, messages } = await read({ names: [] });
  expect({ code, requests }).toEqual({ code: 0, requests: [] });
  expect(messages.at(-1)).toMatchObject({ log: { level: 'WARN', message: expect.stringContaining('no streams') } });
});

describe('a read', () => {
  test('sends no request and starts no stream if the process has been stopped', async () => {
    const { code, requests, messages } = await read({ stopped: true });
    expect(code).toEqual(new Error('stopped by SIGTERM'));
    expect(requests).toEqual([]);
    expect(messages.map(({ type }) => type)).toEqual(['LOG']);
  });

  test('sends no request if a state is invalid, and the error names the file and the stream', async () => {
    const stream = { stream_descriptor: { name: 'audit_events' }, stream_state: { version: 1, mark: 'yesterday' } };
    const { code, files, requests } = await read({ names: ['audit_events'], state: [{ type: 'STREAM', stream }] });
    expect(code).toMatchObject({
      failureType: 'config_error',
      message: expect.stringContaining(
        `The state of audit_events in the state file ${files.state} cannot be used: mark must be a timestamp.`,
      ),
    });
    expect(requests).toEqual([]);
  });

  test('fails if the catalog does not exist', async () => {
    const { context } = openContext();
    const files = { config: jsonFile({ api_token: 'the-token' }), catalog: '/nowhere/catalog.json', state: undefined };
    await expect(runRead(context, files)).rejects.toThrow(
      'The catalog file /nowhere/catalog.json does not exist. Check the path.',
    );
  });
});

const choose = (...configured: ConfiguredStream[]): ReturnType<typeof chooseStreams> =>
  chooseStreams(configured, [parts, events], { name: 'ibm_cloud' });
const stream = (name: string, mode: unknown = 'full_refresh'): ConfiguredStream => ({ name, mode });

test('the streams are read in the order and with the sync modes of the catalog', () => {
  expect(choose(stream('events', 'incremental'), stream('parts'))).toEqual({
    chosen: [
      { definition: events, mode: 'incremental' },
      { definition: parts, mode: 'full_refresh' },
    ],
    unusable: [],
  });
  expect(choose(stream('events')).chosen).toEqual([{ definition: events, mode: 'full_refresh' }]);
});

test('a stream without a cursor is read in full, even if the catalog requests incremental mode', () => {
  expect(choose(stream('parts', 'incremental')).chosen).toEqual([{ definition: parts, mode: 'full_refresh' }]);
});

test('a stream that requires an option is available only if the option is set', () => {
  const optional = { ...parts, needsOption: 'stores' };
  const chosenWith = (platform: Row): ReturnType<typeof chooseStreams> =>
    chooseStreams([stream('parts'), stream('events')], [optional, events], platform);
  expect(chosenWith({ stores: ['s'] })).toMatchObject({ chosen: [{}, {}], unusable: [] });
  for (const platform of [{}, { stores: [] }, { stores: null }, { stores: false }]) {
    const { chosen, unusable } = chosenWith(platform);
    expect(chosen).toMatchObject([{ definition: events }]);
    const message =
      'The stream parts requires the option platform.stores, which is not set. Set it, or deselect the stream.';
    expect(unusable).toMatchObject([{ name: 'parts', error: { message } }]);
  }
});

describe('a stream that cannot be read', () => {
  test.each([
    [[stream('widgets')], 'The stream widgets does not exist. Choose from: parts, events.'],
    [[stream('constructor')], 'The stream constructor does not exist. Choose from: parts, events.'],
    [[stream('event')], 'The stream event does not exist. Did you mean events?'],
    [
      [stream('clusters')],
      'The stream clusters belongs to the platform compose, but the config specifies ibm_cloud. Deselect the stream, or create a new catalog with discover.',
    ],
    [[stream('compose.events')], 'The stream compose.events does not exist. Choose from: parts, events.'],
    [
      [{ name: 'events', mode: undefined }],
      'The stream events is missing sync_mode. Set sync_mode to full_refresh or incremental.',
    ],
    [
      [stream('events', 'INVALID')],
      'The stream events has the unknown sync_mode "INVALID". Set sync_mode to full_refresh or incremental.',
    ],
    [
      [stream('events', 'incremental'), stream('events'), stream('events')],
      'The configured catalog lists the stream events more than once; keep only one entry.',
    ],
  ])('is reported once, and the other streams are read: %j', (wrong, message) => {
    const { chosen, unusable } = choose(...wrong, stream('parts'));
    expect(chosen).toEqual([{ definition: parts, mode: 'full_refresh' }]);
    expect(unusable).toMatchObject([{ name: wrong[0]?.name, error: { message, failureType: 'config_error' } }]);
  });
});
