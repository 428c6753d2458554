import { describe, expect, test } from 'vitest';
import { answer, startServer } from '../../../test-support/unit/http.ts';
import { type OpenTap, type TapMessage, inputFile, openTap } from '../../../test-support/unit/singer.ts';
import { ConnectorError } from '../../core/failure/errors.ts';
import type { Row } from '../../core/record/row.ts';
import { reportFailure } from '../protocol/failures.ts';
import { runSync } from './sync.ts';

const TOKEN = 'token-0123456789';
const T = '2023-02-28T12:00:00.000Z';

type Answers = Record<string, unknown>;

const list = (name: string, ...rows: object[]): object => ({ _embedded: { [name]: rows } });
const EVENTS = [
  { id: 'e2', created_at: T },
  { id: 'e1', created_at: '2023-02-28T11:00:00Z' },
];
const ACCOUNT: Answers = {
  accounts: list('accounts', { id: 'a1', name: 'one' }, { id: 'a2', slug: 'two', more: 1 }),
  teams: list('teams', { id: 't1', name: { not: 'a text' }, users: [] }, { id: 't2', name: ['x'] }),
  clusters: list('clusters'),
  audit_events: list('audit_events', ...EVENTS),
  deployments: list('deployments', { id: 'd1', name: 'first' }, { id: 'd2', name: 'second' }),
  'deployments/d1': { id: 'd1', connection_strings: { direct: ['x'] } },
  'deployments/d2': { id: 'd2', connection_strings: { direct: ['y'] } },
  'deployments/d1/recipes': list('recipes', { id: 'r1', updated_at: T }),
  'deployments/d2/recipes': list('recipes', { id: 'r2', updated_at: T }),
};

interface Synced {
  code: number;
  tap: OpenTap;
  messages: TapMessage[];
  log: string[];
  paths: string[];
  /** The type and stream of each message. */
  outline: string[];
  records: (stream: string) => Row[];
  states: Array<Row & { bookmarks: Record<string, Row> }>;
}

interface Given {
  answers?: Answers;
  config?: Row;
  /** The selected streams, with additional keys for their entries; if undefined, all streams are selected. */
  catalog?: Record<string, object>;
  state?: unknown;
  env?: Record<string, string>;
}

/** Syncs from a server that returns `answers`. All other paths return HTTP 404. */
async function sync({ answers = ACCOUNT, config = {}, catalog, state, env = {} }: Given = {}): Promise<Synced> {
  const paths: string[] = [];
  const server = await startServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v\//, '').replace(/\?.*/, '');
    paths.push(path);
    const cursor = /[?&]cursor=(\w+)/.exec(request.url ?? '')?.[1];
    const body = cursor === undefined ? answers[path] : list('audit_events', ...EVENTS.slice(cursor === 'e2' ? 1 : 2));
    if (typeof body === 'number') answer(response, body, '{"errors":"no"}');
    else answer(response, body === undefined ? 404 : 200, JSON.stringify(body ?? { errors: 'not found' }));
  });
  const tap = openTap(env);
  const files = {
    configs: [inputFile({ api_token: TOKEN, base_url: `${server.origin}/v`, ...config })],
    catalog:
      catalog === undefined
        ? undefined
        : inputFile({
            streams: Object.entries(catalog).map(([stream, more]) => ({ stream, selected: true, ...more })),
          }),
    state: state === undefined ? undefined : inputFile(state),
  };
  const code = await runSync(tap.context, files).catch((thrown: unknown) => {
    if (!(thrown instanceof ConnectorError)) throw thrown;
    reportFailure(tap.context, thrown);
    return 1;
  });
  const messages = tap.messages();
  return {
    code,
    tap,
    messages,
    log: tap.log(),
    paths,
    outline: messages.map((message) => ('stream' in message ? `${message.type} ${message.stream}` : message.type)),
    records: (stream) =>
      messages.flatMap((message) => (message.type === 'RECORD' && message.stream === stream ? [message.record] : [])),
    states: messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : [])),
  };
}

const field = (name: string, selected: boolean): object => ({
  breadcrumb: ['properties', name],
  metadata: { selected },
});

describe('a sync', () => {
  test('prints a STATE, the SCHEMA of each stream, the records, and a last STATE', async () => {
    const { code, outline, messages } = await sync({ catalog: { accounts: {}, clusters: {} } });
    expect(code).toBe(0);
    expect(outline).toEqual([
      'STATE',
      'SCHEMA accounts',
      'SCHEMA clusters',
      'RECORD accounts',
      'RECORD accounts',
      'STATE',
    ]);
    expect(messages[1]).toMatchObject({
      key_properties: ['id'],
      schema: { properties: { id: { type: ['null', 'string'] } } },
    });
    expect(messages[1]).not.toHaveProperty('bookmark_properties');
    expect(messages[3]).toEqual({
      type: 'RECORD',
      stream: 'accounts',
      record: { id: 'a1', name: 'one', slug: null },
      time_extracted: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    });
    expect(messages[4]).toMatchObject({ record: { id: 'a2', name: null, slug: 'two', more: 1 } });
  });

  test('omits deselected fields from SCHEMA and RECORD, except the key and the cursor field', async () => {
    const deselect = ['id', 'created_at', 'event', 'data'].map((name) => field(name, false));
    const { messages, records } = await sync({ catalog: { audit_events: { metadata: deselect } } });
    const schema = messages.find(({ type }) => type === 'SCHEMA');
    expect(schema).toMatchObject({ bookmark_properties: ['created_at'] });
    const names = Object.keys((schema as { schema: { properties: object } }).schema.properties);
    expect(names).toEqual([
      'id',
      'account_id',
      'deployment_id',
      'cluster_id',
      'user_id',
      'email',
      'ip',
      'user_agent',
      'created_at',
    ]);
    expect(records('audit_events').map((row) => Object.keys(row).toSorted())).toEqual([
      names.toSorted(),
      names.toSorted(),
    ]);
  });

  test('sets values of the wrong type to null, and logs one warning per field with the number of these values', async () => {
    const { log, records } = await sync({ catalog: { teams: {}, accounts: {} } });
    expect(records('teams').map(({ name }) => name)).toEqual([null, null]);
    expect(log.filter((line) => line.includes('did not fit'))).toEqual([
      'WARNING teams: 2 values of name did not fit the declared type and became null',
    ]);
    const deselected = await sync({ catalog: { teams: { metadata: [field('name', false)] } } });
    expect(deselected.log.filter((line) => line.includes('did not fit'))).toEqual([]);
  });

  test('logs the record count of each stream, both as a metric and as text', async () => {
    const { log } = await sync({ catalog: { accounts: {}, clusters: {} } });
    expect(log).toContain(
      'INFO METRIC: {"type":"counter","metric":"record_count","value":2,"tags":{"stream":"accounts"}}',
    );
    expect(log).toContain(
      'INFO METRIC: {"type":"counter","metric":"record_count","value":0,"tags":{"stream":"clusters"}}',
    );
    expect(log).toContainEqual(expect.stringMatching(/^INFO accounts: 2 records in /));
    expect(log[0]).toMatch(/^INFO tap-compose \d+\.\d+\.\d+: sync$/);
  });

  test('prints only a STATE and logs a warning if no stream is selected', async () => {
    const { code, outline, log } = await sync({ catalog: { accounts: { selected: false } } });
    expect({ code, outline }).toEqual({ code: 0, outline: ['STATE'] });
    expect(log).toContain(
      'WARNING no streams are selected, so there is nothing to read; select streams in the catalog, or run without a catalog',
    );
  });
});

describe('the details of deployments', () => {
  const config = { include_connection_strings: true };
  const both = [field('connection_strings', false), field('ca_certificate_base64', false)];

  test('are requested if at least one of their fields is selected', async () => {
    const { paths, records } = await sync({ config, catalog: { deployments: { metadata: both.slice(1) } } });
    expect(paths.toSorted()).toEqual(['deployments', 'deployments/d1', 'deployments/d2']);
    for (const row of records('deployments')) {
      expect(row).toHaveProperty('connection_strings.direct');
      expect(row).not.toHaveProperty('ca_certificate_base64');
    }
  });

  test('are not requested if all their fields are deselected', async () => {
    const { paths, records } = await sync({ config, catalog: { deployments: { metadata: both } } });
    expect(paths).toEqual(['deployments']);
    expect(records('deployments').map(({ id, name }) => [id, name])).toEqual([
      ['d1', 'first'],
      ['d2', 'second'],
    ]);
  });

  test('are null if the option is off, so that the next sync overwrites old secrets', async () => {
    const { messages, records } = await sync({ catalog: { deployments: {} } });
    expect(messages[1]).toHaveProperty('schema.properties.connection_strings');
    for (const row of records('deployments'))
      expect(row).toMatchObject({ connection_strings: null, ca_certificate_base64: null });
  });
});

const BEGIN = {
  audit_events: {
    version: 1,
    platform: 'compose',
    replication_key: 'created_at',
    replication_key_value: null,
    start_date: null,
    walk: [],
  },
  deployments_recipes: { version: 1, platform: 'compose', start_date: null, partitions: [], pending: [] },
};
const both = { audit_events: {}, deployments_recipes: {} };
const partition = (deployment_id: string): object => ({
  context: { deployment_id },
  replication_key: 'updated_at',
  replication_key_value: T,
});

describe('the state', () => {
  test('contains empty bookmarks at the beginning and up-to-date bookmarks at the end', async () => {
    const { states } = await sync({ catalog: both });
    expect(states[0]).toEqual({ bookmarks: BEGIN });
    expect(states.at(-1)).toEqual({
      bookmarks: {
        audit_events: { ...BEGIN.audit_events, replication_key_value: T },
        deployments_recipes: { ...BEGIN.deployments_recipes, partitions: [partition('d1'), partition('d2')] },
      },
    });
  });

  test('stays the same if a sync resumes from a bookmark and finds nothing newer', async () => {
    const audit_events = { ...BEGIN.audit_events, replication_key_value: T };
    const given = { bookmarks: { audit_events, clusters: { whatever: [1] } }, currently_syncing: 'teams' };
    const { states, records } = await sync({ catalog: { audit_events: {} }, state: given });
    expect(states[0]).toEqual(given);
    expect(states.at(-1)).toEqual(given);
    // This record is exactly at the bookmark, and therefore within the lookback window.
    expect(records('audit_events').map(({ id }) => id)).toEqual(['e2']);
  });

  test('keeps the bookmark of an incremental stream during a full refresh', async () => {
    const given = { bookmarks: { audit_events: { mark: T, anything: 1 } } };
    const full = { replication_method: 'FULL_TABLE' };
    const { states, records } = await sync({
      catalog: { audit_events: full },
      state: given,
      env: { WORKER_JOB_ID: '7' },
    });
    expect(records('audit_events').map(({ id }) => id)).toEqual(['e2', 'e1']);
    expect(states).toEqual([given, given]);
    expect((await sync({ catalog: { audit_events: full } })).states).toEqual([{ bookmarks: {} }, { bookmarks: {} }]);
  });

  test.each<[string, object, string]>([
    ['belongs to the other platform', { platform: 'ibm_cloud' }, 'belongs to the platform ibm_cloud'],
    ['was written by a later release', { version: 2 }, 'a later release of this connector wrote the state'],
    ['is damaged', { replication_key_value: 'x' }, 'replication_key_value must be a timestamp'],
  ])('causes an error before anything is requested or printed if a bookmark %s', async (_, more, problem) => {
    const tap = openTap();
    const files = {
      configs: [inputFile({ api_token: TOKEN, base_url: 'http://127.0.0.1:9' })],
      catalog: undefined,
      state: inputFile({ bookmarks: { audit_events: { ...BEGIN.audit_events, ...more } } }),
    };
    await expect(runSync(tap.context, files)).rejects.toThrow(problem);
    expect(tap.stdout()).toBe('');
  });
});

describe('a failed sync', () => {
  test('reads all other streams, prints the last STATE after all records, and logs the reason last', async () => {
    const { code, outline, log, records } = await sync({
      answers: { ...ACCOUNT, teams: 403 },
      catalog: { teams: {}, accounts: {}, audit_events: {} },
    });
    expect(code).toBe(1);
    expect(records('accounts')).toHaveLength(2);
    expect(records('audit_events')).toHaveLength(2);
    expect(outline.at(-1)).toBe('STATE');
    expect(log.at(-1)).toMatch(/^CRITICAL teams: The API token is not authorized to read teams \(HTTP 403\)/);
    expect(log).toContainEqual(expect.stringMatching(/^INFO teams: GET .*teams: HTTP 403/));
  });

  test('names all failed streams and the first error in its last log line', async () => {
    const { code, log } = await sync({ answers: { accounts: 403 }, catalog: { accounts: {}, teams: {} } });
    expect(code).toBe(1);
    expect(log.at(-1)).toMatch(
      /^CRITICAL 2 of 2 streams failed \(accounts, teams\); accounts: The API token is not authorized/,
    );
  });

  test('ends after the token is rejected, and says so in its last log line', async () => {
    const { code, log, outline } = await sync({
      answers: { accounts: 401, teams: 401 },
      catalog: { accounts: {}, teams: {} },
    });
    expect(code).toBe(1);
    expect(log.at(-1)).toMatch(/^CRITICAL The Compose API at .* rejected the API token \(HTTP 401/);
    expect(outline.at(-1)).toBe('STATE');
    expect(log.join('\n')).not.toContain(TOKEN);
  });

  test('prints a last STATE after its records if it is stopped', async () => {
    const tap = openTap();
    const server = await startServer((request, response) => {
      if (!(request.url ?? '').startsWith('/v/accounts')) return tap.stop.abort(new Error('stopped'));
      answer(response, 200, JSON.stringify(ACCOUNT['accounts']));
    });
    const files = {
      configs: [inputFile({ api_token: TOKEN, base_url: `${server.origin}/v`, num_workers: 1 })],
      catalog: inputFile({
        streams: [
          { stream: 'accounts', selected: true },
          { stream: 'teams', selected: true },
        ],
      }),
      state: undefined,
    };
    await expect(runSync(tap.context, files)).rejects.toThrow('stopped');
    expect(tap.messages().map(({ type }) => type)).toEqual(['STATE', 'SCHEMA', 'SCHEMA', 'RECORD', 'RECORD', 'STATE']);
  });
});
