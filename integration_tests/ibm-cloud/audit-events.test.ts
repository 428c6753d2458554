import { describe, expect, it } from 'vitest';
import type { DiscoveredStream } from '../../test-support/catalogs.ts';
import { runConnector } from '../../test-support/connector.ts';
import { runInterrupted } from '../../test-support/interrupted-runs.ts';
import { contentsOf, firstOf, messagesOf } from '../../test-support/transcript.ts';
import { type ReadResult, type StateMessages, latestStates } from '../reads.ts';
import { type Catalog, catalogFor } from '../singer/catalogs.ts';
import { catalogOfTap, runTap } from '../singer/taps.ts';
import type { Row } from './expected.ts';
import { type Account, type AccountOptions, type ReadOptions, ibmCloud, logged } from './reads.ts';

// The program's time windows end at the real time, so the sandbox's clock shows the real time, too. The API allows ten queries a minute per
// instance. No read in this file exceeds this rate limit, so no read waits.

const NAME = 'audit_events' as const;
const QUERIES = '/logs/*/*/v1/query';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Omits `start_date`, so that a first read covers thirty days. */
const FROM_THE_USUAL = { start_date: undefined };

interface Audited extends Account {
  /** Reads the audit events. `platform` enables the stream, and `also` names an additional stream to read. */
  audit: (options?: ReadOptions & { also?: 'accounts' }) => Promise<ReadResult>;
}

/** Runs a test with an account that routes its audit events to Logs instances. */
async function audited(options: AccountOptions, test: (account: Audited) => Promise<void>): Promise<void> {
  await ibmCloud({ now: '', auditDays: 20, ...options }, async (account) => {
    const platform = { logs_instances: account.sandbox.logsInstances };
    const audit: Audited['audit'] = ({ also, config, ...given } = {}) => {
      const streams = also === undefined ? [NAME] : [NAME, also];
      return account.read({ platform, ...given, streams, config: { ...FROM_THE_USUAL, ...config } });
    };
    await test({ ...account, audit });
  });
}

async function discover({ workspace, config }: Account, platform?: Row): Promise<readonly DiscoveredStream[]> {
  const { stdout } = await runConnector(['discover', '--config', workspace.file('discover.json', config(platform))]);
  return firstOf(messagesOf(stdout), 'CATALOG').catalog.streams;
}

function rowsOf({ records }: Pick<ReadResult, 'records'>): readonly Row[] {
  return records.get(NAME) ?? [];
}

/** The correlation ID of each row, which identifies the sandbox's events. The text of an unreadable event contains its correlation ID. */
function correlations(rows: readonly Row[]): string[] {
  return rows.map(({ correlation_id: id, raw }) =>
    typeof id === 'string' ? id : (/"correlationId":"([^"]+)"/.exec(String(raw))?.[1] ?? ''),
  );
}

/** The expected record of a sandbox event. Omits the ID if the connector computes it (icd-api.md 4.13). */
function expectedRow(event: Row): Row {
  const { initiator, target, reason, observer, requestData, responseData, eventTime } = event as Record<string, never>;
  const { id: user, name, typeURI, host, credential } = initiator as unknown as Record<string, Row & string>;
  const on = target as unknown as Record<string, string>;
  const time = String(eventTime).replace('+0000', '').replace(/Z$/, '');
  return {
    ...('id' in event && { id: event['id'] }),
    account_id: event['accountId'],
    deployment_id: on['id'],
    service: on['id']?.split(':')[4],
    event: event['action'],
    user_id: user,
    email: name,
    user_type: typeURI,
    credential_type: credential?.['type'],
    ip: host?.['address'] === '' ? null : host?.['address'],
    user_agent: host?.['agent'],
    target_id: on['id'],
    target_type: on['typeURI'],
    target_name: on['name'],
    outcome: event['outcome'],
    severity: event['severity'],
    message: event['message'],
    data: { requestData, responseData, reason },
    correlation_id: event['correlationId'],
    observer: (observer as unknown as Row)['name'],
    log_source_crn: event['logSourceCRN'],
    data_event: event['dataEvent'],
    save_service_copy: event['saveServiceCopy'],
    created_at: new Date(`${time}Z`).toISOString(),
  };
}

function expectAllOnce({ sandbox }: Account, result: ReadResult): void {
  expect(result).toMatchObject({ exitCode: 0, violations: [] });
  expect(correlations(rowsOf(result)).toSorted()).toEqual([...sandbox.keys(NAME)].toSorted());
}

/** The number of requests to the Logs instances. */
function queries({ sandbox }: Account): number {
  return sandbox.requests.filter(({ path }) => path.endsWith('/v1/query')).length;
}

describe.concurrent('audit_events in the catalog', () => {
  it('discover lists audit_events only if logs_instances contains an instance', async () => {
    await ibmCloud({}, async (account) => {
      const without = await discover(account);
      expect(without.map(({ name }) => name)).not.toContain(NAME);
      const { logsInstances } = account.sandbox;
      const stream = (await discover(account, { logs_instances: logsInstances })).find(({ name }) => name === NAME);
      expect(stream).toMatchObject({
        supported_sync_modes: ['full_refresh', 'incremental'],
        default_cursor_field: ['created_at'],
        source_defined_primary_key: [['id']],
      });
      expect(account.sandbox.stats().requests).toBe(0);
    });
  });

  it('without logs_instances, a selected audit_events stream fails with an error that names the option, and other streams are read', async () => {
    await audited({}, async ({ audit, sandbox }) => {
      const result = await audit({ platform: {}, also: 'accounts' });
      expect(result.exitCode).toBe(1);
      expect(result.errors).toEqual([
        expect.objectContaining({
          failure_type: 'config_error',
          stream_descriptor: { name: NAME },
          message:
            'The stream audit_events requires the option platform.logs_instances, which is not set. Set it, or deselect the stream.',
        }),
      ]);
      expect(result.records.get('accounts')).toHaveLength(1);
      expect(sandbox.requests.some(({ path }) => path.startsWith('/logs/'))).toBe(false);
    });
  });

  it.each([
    ['a bare GUID', 'a0000000-0000-4000-8000-000000000001'],
    [
      'a CRN of another service',
      'crn:v1:bluemix:public:databases-for-redis:eu-de:a/0:a0000000-0000-4000-8000-000000000001::',
    ],
    [
      'a CRN whose region would lead to another host',
      'crn:v1:bluemix:public:logs:evil.example:a/0:a0000000-0000-4000-8000-000000000001::',
    ],
    ['an instance ID that is not a GUID', 'crn:v1:bluemix:public:logs:eu-de:a/0:evil.example#::'],
  ])('logs_instances rejects %s', async (_, instance) => {
    await ibmCloud({}, async ({ workspace, config }) => {
      const file = workspace.file('config.json', config({ logs_instances: [instance] }));
      const { stdout, exitCode } = await runConnector(['discover', '--config', file]);
      expect(exitCode).toBe(1);
      const [error] = contentsOf(messagesOf(stdout)).errors;
      expect(error?.failure_type).toBe('config_error');
      expect(error?.message).toContain('platform.logs_instances[0] must be the CRN of an IBM Cloud Logs instance');
    });
  });
});

describe.concurrent('a read of audit events', () => {
  it('a read emits each event once, oldest first, with every field', async () => {
    await audited({ unreadableEvents: 0 }, async (account) => {
      const result = await account.audit();
      expectAllOnce(account, result);
      const rows = rowsOf(result);
      expect(rows.map(({ created_at: at }) => at)).toEqual(rows.map(({ created_at: at }) => at).toSorted());
      const [instance] = account.sandbox.logsInstances;
      const events = new Map([...account.sandbox.rows(NAME)].map((event) => [event['correlationId'], event]));
      for (const row of rows) {
        const expected = expectedRow(events.get(row['correlation_id']) ?? {});
        expect(row).toMatchObject({ ...expected, logs_instance: instance });
        expect(Object.keys(row).toSorted()).toEqual(
          [...new Set([...Object.keys(expected), 'id', 'logs_instance'])].toSorted(),
        );
      }
      expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
      const again = await account.audit();
      expect(rowsOf(again).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
      const undeclared = logged(result, 'WARN').filter((message) => message.includes('does not declare'));
      expect(undeclared).toEqual([]);
    });
  });

  it('a read covers thirty days in four windows', async () => {
    await audited({}, async (account) => {
      const result = await account.audit();
      expectAllOnce(account, result);
      expect(queries(account)).toBe(4);
    });
  });

  it('a read splits windows with truncated results, and neither loses nor repeats events', async () => {
    const from = { start_date: new Date(Date.now() - 7.5 * DAY).toISOString() };
    const data = { auditEvents: 140, auditDays: 7, resultLimit: 40 };
    await audited(data, async (account) => {
      const result = await account.audit({ config: from });
      expectAllOnce(account, result);
      expect(queries(account)).toBeGreaterThan(3);
      // The sandbox has the real API's quota, which the read must not exceed.
      expect(logged(result, 'WARN').filter((message) => message.includes('429'))).toEqual([]);
    });
  });

  it('a read fails if the results of one minute are still truncated', async () => {
    await audited({ auditEvents: 0, unreadableEvents: 0, resultLimit: 3, queriesPerMinute: 0 }, async (account) => {
      const { sandbox, audit } = account;
      sandbox.addEvents(30, 120);
      const config = { start_date: new Date(sandbox.now() - 5 * MINUTE).toISOString() };
      const result = await audit({ config });
      expect(result).toMatchObject({ exitCode: 1, violations: [] });
      expect(result.errors).toEqual([
        expect.objectContaining({
          failure_type: 'config_error',
          message: expect.stringMatching(
            /^The API truncates the events of Logs instance crn:\S+ even in a time window of the minimum length, .* \(number_of_results_limit_warning\)/,
          ),
        }),
      ]);
    });
  });

  it.each(['inclusive', 'exclusive'] as const)(
    'a read emits events at the end of a window exactly once if window ends are %s',
    async (windowEnd) => {
      await audited({ windowEnd, unreadableEvents: 0 }, async (account) => {
        const times = [...account.sandbox.rows(NAME)].map((event) => String(expectedRow(event)['created_at']));
        const middle = times[Math.floor(times.length / 2)] ?? '';
        const start = new Date(Date.parse(middle) - 8 * DAY).toISOString();
        const result = await account.audit({ config: { start_date: start } });
        expect(result).toMatchObject({ exitCode: 0, violations: [] });
        const bodies = account.sandbox.requests.filter(({ path }) => path.endsWith('/v1/query'));
        expect(bodies.length).toBeGreaterThan(1);
        const read = rowsOf(result).map(({ created_at: at }) => String(at));
        expect(read.filter((time) => time === middle)).toHaveLength(times.filter((time) => time === middle).length);
        expect(read.toSorted()).toEqual(times.filter((time) => time >= start).toSorted());
      });
    },
  );

  it('a read emits an unreadable event with its text, and logs a warning', async () => {
    await audited({ unreadableEvents: 3 }, async (account) => {
      const result = await account.audit();
      expectAllOnce(account, result);
      const raw = rowsOf(result).filter((row) => row['raw'] !== undefined);
      expect(raw).toHaveLength(3);
      for (const row of raw) {
        expect(row['id']).toMatch(/^[0-9a-f]{32}$/);
        expect(row['service']).toMatch(/^databases-for-|^messages-for-/);
        expect(Date.parse(String(row['created_at']))).toBeLessThan(Date.now());
        expect(row['event']).toBeUndefined();
      }
      expect(logged(result, 'WARN')).toEqual([
        expect.stringMatching(/^audit_events: 3 events of Logs instance .* cannot be parsed; the field raw contains/),
      ]);
    });
  });

  it('a read covers every Logs instance, and saves a high-water mark for each instance', async () => {
    await audited({ logsInstances: 3 }, async (account) => {
      const { sandbox, audit } = account;
      const result = await audit({ mode: 'incremental' });
      expectAllOnce(account, result);
      const [state] = result.states;
      expect(state?.stream.stream_state).toMatchObject({ version: 1, platform: 'ibm_cloud' });
      const marks = state?.stream.stream_state['marks'] as Row;
      expect(Object.keys(marks).toSorted()).toEqual([...sandbox.logsInstances].toSorted());
    });
  });
});

describe.concurrent('invalid or rejected Logs responses', () => {
  it.each(['truncated-json', 'cut'] as const)(
    'a read retries a query whose response is damaged (%s), and loses no events',
    async (kind) => {
      await audited({ faults: [{ path: QUERIES, kind, times: 1, after: 1 }] }, async (account) => {
        const result = await account.audit();
        expectAllOnce(account, result);
        expect(logged(result, 'WARN').filter((message) => message.includes('attempt 1 failed'))).toHaveLength(1);
      });
    },
  );

  it('a missing role fails the stream and the check, and both errors name the role', async () => {
    await audited({ missingRoles: ['logs'] }, async ({ audit, workspace, config, sandbox }) => {
      const result = await audit({ also: 'accounts' });
      expect(result.exitCode).toBe(1);
      expect(result.errors).toEqual([
        expect.objectContaining({
          failure_type: 'config_error',
          stream_descriptor: { name: NAME },
          message: expect.stringMatching(/HTTP 403.* the Reader role on this Logs instance/) as string,
        }),
      ]);
      expect(result.records.get('accounts')).toHaveLength(1);
      const file = workspace.file('config.json', config({ logs_instances: sandbox.logsInstances }, FROM_THE_USUAL));
      const { stdout } = await runConnector(['check', '--config', file]);
      expect(firstOf(messagesOf(stdout), 'CONNECTION_STATUS').connectionStatus).toEqual({
        status: 'FAILED',
        message: expect.stringMatching(/the Reader role on this Logs instance/) as string,
      });
    });
  });

  it('a check sends one query to each instance, for a window of one minute', async () => {
    await audited({ logsInstances: 2 }, async (account) => {
      const { workspace, config, sandbox } = account;
      const file = workspace.file('config.json', config({ logs_instances: sandbox.logsInstances }, FROM_THE_USUAL));
      const { stdout } = await runConnector(['check', '--config', file]);
      expect(firstOf(messagesOf(stdout), 'CONNECTION_STATUS').connectionStatus).toEqual({ status: 'SUCCEEDED' });
      expect(queries(account)).toBe(2);
    });
  });

  it('an instance that rejects the query is skipped with a warning, unless fail_on_refused_deployments is set', async () => {
    const refused = { path: '/logs/us-south/*/v1/query', kind: 'status', status: 403 } as const;
    await audited({ logsInstances: 3, regions: 3, faults: [refused] }, async ({ audit, sandbox }) => {
      const result = await audit();
      expect(result).toMatchObject({ exitCode: 0, violations: [] });
      const read = correlations(rowsOf(result));
      expect(read.length).toBeGreaterThan(100);
      expect(read.length).toBeLessThan([...sandbox.keys(NAME)].length);
      const [south = ''] = sandbox.logsInstances.filter((crn) => crn.includes(':us-south:'));
      expect(logged(result, 'WARN').filter((message) => message.includes('skipped'))).toEqual([
        expect.stringContaining(`for Logs instance ${south} (HTTP 403`),
      ]);
      const strict = await audit({ config: { fail_on_refused_deployments: true } });
      expect(strict.exitCode).toBe(1);
      expect(correlations(rowsOf(strict)).toSorted()).toEqual(read.toSorted());
    });
  });
});

describe.concurrent('incremental reads of audit events', () => {
  it('an incremental read emits new events, and events that are at most an hour late or in the lookback window', async () => {
    await audited({ queriesPerMinute: 0, deployments: 6 }, async ({ audit, sandbox }) => {
      const first = await audit({ mode: 'incremental' });
      const before = new Set(sandbox.keys(NAME));
      sandbox.addEvents(10, 1_800);
      const inAnHour = newKeys(sandbox.keys(NAME), before);
      const second = await audit({ mode: 'incremental', state: first.states });
      expect(second).toMatchObject({ exitCode: 0, violations: [] });
      const read = correlations(rowsOf(second));
      expect(inAnHour.length).toBeGreaterThan(3);
      expect(read).toEqual(expect.arrayContaining(inAnHour));
      // Of the events in the first read, only those of the last hour are re-read.
      expect(read.length).toBeLessThan(inAnHour.length + 10);
      const known = new Set(sandbox.keys(NAME));
      sandbox.addEvents(10, 2.5 * 3_600);
      const later = newKeys(sandbox.keys(NAME), known);
      const third = await audit({ mode: 'incremental', state: second.states });
      expect(correlations(rowsOf(third))).not.toEqual(expect.arrayContaining([later[0]]));
      const config = { lookback_window_seconds: 3 * 3_600 };
      const fourth = await audit({ mode: 'incremental', state: third.states, config });
      expect(correlations(rowsOf(fourth))).toEqual(expect.arrayContaining(later));
    });
  });

  it('reads that are killed at random lines and then resumed lose no events', async () => {
    const data = {
      auditEvents: 2_000,
      auditDays: 29,
      queriesPerMinute: 0,
      unreadableEvents: 5,
      logsInstances: 2,
      resultLimit: 130,
    };
    await audited(data, async ({ audit, sandbox }) => {
      const seen = new Set<string>();
      const keys = [...sandbox.keys(NAME)];
      const last = await runInterrupted<StateMessages, ReadResult & { state: StateMessages }>({
        count: 5,
        // A window has about 370 records, so some reads complete a window, and others make no progress.
        maxLines: 600,
        run: async (state, killAfterLines) => {
          if (killAfterLines === undefined) expect(seen.size).toBeLessThan(keys.length);
          const result = await audit({ mode: 'incremental', state, run: { killAfterLines } });
          for (const key of correlations(rowsOf(result))) seen.add(key);
          return { ...result, state: latestStates(state, result.states) };
        },
      });
      expect(last).toMatchObject({ exitCode: 0, violations: [] });
      expect(keys.filter((key) => !seen.has(key))).toEqual([]);
      // The last read was resumed, not restarted.
      expect(rowsOf(last).length).toBeLessThan(0.8 * keys.length);
    });
  });
});

function newKeys(keys: Iterable<string>, before: ReadonlySet<string>): string[] {
  return [...keys].filter((key) => !before.has(key));
}

describe.concurrent('audit_events in tap-compose', () => {
  const program = 'tap-compose';

  it('the tap lists audit_events if logs_instances is set, resumes from a bookmark, and reports that the option is missing', async () => {
    await audited({ queriesPerMinute: 0 }, async ({ sandbox, workspace, config }) => {
      const file = workspace.file('config.json', config({ logs_instances: sandbox.logsInstances }, FROM_THE_USUAL));
      const without = workspace.file('without.json', config(undefined, FROM_THE_USUAL));
      const namesIn = ({ streams }: Catalog): string[] => streams.map(({ stream }) => stream);
      expect(namesIn(await catalogOfTap(['--config', without]))).not.toContain(NAME);
      const catalog = await catalogOfTap(['--config', file]);
      const whole = config({ logs_instances: sandbox.logsInstances }, FROM_THE_USUAL);
      const tap = { workspace, catalog, config: whole, secrets: [sandbox.apiKey, 'FAKE', 'eyJ'] };
      const choices = { [NAME]: {} };

      let state: Row | undefined;
      const sync = async (): Promise<readonly Row[]> => {
        const { violations, exitCode, states, records } = await runTap(tap, { choices, state });
        expect({ violations, exitCode }).toEqual({ violations: [], exitCode: 0 });
        state = states.at(-1);
        return records.get(NAME) ?? [];
      };

      const records = await sync();
      expect(correlations(records).toSorted()).toEqual([...sandbox.keys(NAME)].toSorted());
      const [instance] = sandbox.logsInstances;
      expect(state?.['bookmarks']).toMatchObject({
        [NAME]: {
          version: 1,
          platform: 'ibm_cloud',
          partitions: [
            {
              context: { logs_instance: instance },
              replication_key: 'created_at',
              replication_key_value: expect.stringMatching(/Z$/) as string,
            },
          ],
        },
      });
      const before = new Set(sandbox.keys(NAME));
      sandbox.addEvents(5);
      const more = correlations(await sync());
      expect(more).toEqual(expect.arrayContaining(newKeys(sandbox.keys(NAME), before)));
      expect(more.length).toBeLessThan(15);

      const selection = workspace.file('catalog.json', catalogFor(catalog, choices));
      const refused = await runConnector(['--config', without, '--catalog', selection], { program });
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain('The stream audit_events requires the option platform.logs_instances');
    });
  });
});

it('a read prints no secret, even if every request is logged', async () => {
  await audited({ faults: [{ path: QUERIES, kind: 'echo-token', times: 1, status: 503 }] }, async (account) => {
    const result = await account.audit({ run: { env: { LOG_LEVEL: 'debug' } } });
    expectAllOnce(account, result);
    const printed = `${result.stdout}\n${result.stderr}`;
    expect(printed).toContain('POST v1/query: HTTP 200');
    for (const secret of [account.sandbox.apiKey, /FAKE[0-9A-F]{8}/i, /eyJ[\w-]{8,}\.eyJ/])
      expect(printed).not.toMatch(secret);
  });
});
