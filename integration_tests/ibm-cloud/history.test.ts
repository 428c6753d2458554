import { describe, expect, it } from 'vitest';
import type { IbmCloudSandbox } from '../../sandbox/server.ts';
import { catalogOf as composeCatalogOf } from '../../test-support/catalogs.ts';
import { type ReadResult, sandboxed } from '../reads.ts';
import { INCREMENTAL, type Row, historyNow, isFinal } from './expected.ts';
import { type Account, INSTANCES, ibmCloud, gen1Of, keysRead, logged, pathOf, rowsRead } from './reads.ts';

type History = Record<(typeof INCREMENTAL)[number], Map<string, Row>>;

const LOOKBACK_MS = 60_000;

function emptyHistory(): History {
  return { deployments_backups: new Map(), deployments_recipes: new Map() };
}

/** What a destination has that appends and keeps the latest row of each key. */
function keep(history: History, result: ReadResult): void {
  for (const name of INCREMENTAL) {
    for (const row of rowsRead(result.records, name)) history[name].set(String(row['id']), row);
  }
}

/** Reads both streams from where the state left off. */
async function sync(
  { read }: Account,
  state?: object,
  more: { platform?: Row; config?: Row } = {},
): Promise<ReadResult> {
  const result = await read({ mode: 'incremental', streams: INCREMENTAL, state, ...more });
  expect(result.violations).toEqual([]);
  expect(result.exitCode).toBe(0);
  return result;
}

function stateOf(result: ReadResult, name: (typeof INCREMENTAL)[number]): Row {
  const found = result.states.find(({ stream }) => stream.stream_descriptor.name === name);
  return found?.stream.stream_state ?? {};
}

function marksOf(result: ReadResult, name: (typeof INCREMENTAL)[number]): Record<string, string> {
  return stateOf(result, name)['marks'] as Record<string, string>;
}

/** The mark of each deployment: its newest row, but not beyond its oldest one that is not final. */
function dueMarks(rows: readonly Row[]): Record<string, string> {
  const marks: Record<string, string> = {};
  for (const { deployment_id, created_at } of rows) {
    const id = String(deployment_id);
    if (marks[id] === undefined || String(created_at) > marks[id]) marks[id] = String(created_at);
  }
  for (const row of rows) {
    const id = String(row['deployment_id']);
    if (!isFinal(row) && String(row['created_at']) < String(marks[id])) marks[id] = String(row['created_at']);
  }
  return marks;
}

describe.concurrent('a read right after another', () => {
  it.each([
    ['of all', {}],
    ['of a few that run', { tasksPerDay: 20, deployments: 9, backupDays: 5 }],
  ])('%s brings what is not final, and what is as new as that', async (_, options) => {
    await ibmCloud(options, async (account) => {
      const rows = historyNow(account.sandbox);
      const first = await sync(account);
      const second = await sync(account, first.states);
      for (const name of INCREMENTAL) {
        const marks = dueMarks(rows[name]);
        expect(stateOf(first, name), name).toMatchObject({ version: 1, platform: 'ibm_cloud', marks });
        expect(marksOf(second, name), name).toEqual(marks);
        expect(
          rows[name].some((row) => !isFinal(row)),
          name,
        ).toBe(true);
        const due = rows[name].filter((row) => {
          const from = Date.parse(String(marks[String(row['deployment_id'])])) - LOOKBACK_MS;
          return !isFinal(row) || Date.parse(String(row['created_at'])) >= from;
        });
        expect(due.length, name).toBeLessThan(rows[name].length);
        expect(keysRead(second, name).toSorted(), name).toEqual(due.map(({ id }) => String(id)).toSorted());
      }
    });
  });

  it('brings again what was not final until it is, and then no more', async () => {
    await ibmCloud({ tasksPerDay: 1 }, async (account) => {
      const { sandbox } = account;
      const first = await sync(account);
      const running = Object.fromEntries(
        INCREMENTAL.map((name) => [
          name,
          rowsRead(first.records, name)
            .filter((row) => !isFinal(row))
            .map(({ id }) => String(id)),
        ]),
      ) as Record<(typeof INCREMENTAL)[number], string[]>;
      sandbox.passTime(10 * 60);
      const second = await sync(account, first.states);
      // Hours later all of them have come to an end.
      sandbox.passTime(3 * 3_600);
      const third = await sync(account, second.states);
      // By then each deployment has had something newer.
      sandbox.passTime(2 * 86_400);
      const fourth = await sync(account, third.states);
      const fifth = await sync(account, fourth.states);
      for (const name of INCREMENTAL) {
        expect(running[name].length, name).toBeGreaterThan(0);
        for (const id of running[name]) {
          expect(keysRead(second, name), name).toContain(id);
          const ended = rowsRead(third.records, name).find((row) => row['id'] === id);
          expect(ended === undefined ? undefined : isFinal(ended), `${name} ${id}`).toBe(true);
          expect(keysRead(fifth, name), name).not.toContain(id);
        }
      }
    });
  });
});

describe('reads every twenty hours for ten days', () => {
  it('keep all that was ever listed, in its final form, long after the server has forgotten it', async () => {
    const options = { deployments: 7, gen2Deployments: 4, backupDays: 3, gen2Backups: 2, tasksPerDay: 5 };
    await ibmCloud(options, async (account) => {
      const { sandbox } = account;
      const kept = emptyHistory();
      const listed = emptyHistory();
      const look = (): void => {
        const rows = historyNow(sandbox);
        for (const name of INCREMENTAL) for (const row of rows[name]) listed[name].set(String(row['id']), row);
      };
      let state: object | undefined;
      let brought = 0;
      const syncs = 13;
      for (let left = syncs; left > 0; left -= 1) {
        look();
        const result = await sync(account, state);
        keep(kept, result);
        brought += rowsRead(result.records, 'deployments_backups').length;
        state = result.states;
        const hours = left > 1 ? 20 : 0;
        for (let hour = 0; hour < hours; hour += 1) {
          sandbox.passTime(3_600);
          look();
        }
      }
      const now = historyNow(sandbox);
      for (const name of INCREMENTAL) {
        expect([...kept[name].keys()].toSorted(), name).toEqual([...listed[name].keys()].toSorted());
        for (const [key, row] of listed[name]) expect(kept[name].get(key), `${name} ${key}`).toEqual(row);
        // The server has forgotten most of it.
        expect(now[name].length, name).toBeLessThan(kept[name].size / 2);
      }
      // Each row came once or a few times, not with every read.
      expect(brought).toBeLessThan(2.5 * kept['deployments_backups'].size);
    });
  });
});

describe.concurrent('a row that is not final', () => {
  const task = (deployment: string, place: number, status: unknown): Row => ({
    id: `${deployment.slice(0, -2)}:task:00000000-0000-4000-8000-00000000000${place}`,
    resource_type: 'instance',
    description: 'Scaling',
    status,
    deployment_id: deployment,
    progress_percent: 50,
    created_at: `2025-05-0${place}T10:00:00.000Z`,
  });

  it.each(['running', 'queued', 'paused', null])(
    '(%s) comes however old it is, and takes the mark back with it',
    async (status) => {
      await ibmCloud({ deployments: 1, gen2Deployments: 0, tasksPerDay: 0, oddInstances: false }, async (account) => {
        const { sandbox } = account;
        const [id = ''] = gen1Of(sandbox);
        const play = (...tasks: Row[]): void =>
          sandbox.setFaults([{ path: pathOf(id, '/tasks'), kind: 'status', status: 200, body: { tasks } }]);
        const others = [task(id, 5, 'completed'), task(id, 4, 'failed'), task(id, 3, 'expired')];

        play(...others);
        const first = await sync(account);
        expect(marksOf(first, 'deployments_recipes')).toEqual({ [id]: '2025-05-05T10:00:00.000Z' });

        play(...others, task(id, 2, status));
        const second = await sync(account, first.states);
        expect(keysRead(second, 'deployments_recipes')).toContain(task(id, 2, status)['id']);
        expect(keysRead(second, 'deployments_recipes')).not.toContain(task(id, 3, 'expired')['id']);
        expect(marksOf(second, 'deployments_recipes')).toEqual({ [id]: '2025-05-02T10:00:00.000Z' });

        play(...others, task(id, 2, 'completed'));
        const third = await sync(account, second.states);
        const ended = rowsRead(third.records, 'deployments_recipes').find((row) => row['id'] === task(id, 2, '')['id']);
        expect(ended).toMatchObject({ status: 'completed' });
        expect(marksOf(third, 'deployments_recipes')).toEqual({ [id]: '2025-05-05T10:00:00.000Z' });
      });
    },
  );

  it('without a date comes every time, and moves nothing', async () => {
    await ibmCloud({ deployments: 1, gen2Deployments: 0, tasksPerDay: 0, oddInstances: false }, async (account) => {
      const { sandbox } = account;
      const [id = ''] = gen1Of(sandbox);
      const undated: Row = { ...task(id, 1, 'completed'), created_at: null };
      const tasks = [task(id, 5, 'completed'), undated];
      sandbox.setFaults([{ path: pathOf(id, '/tasks'), kind: 'status', status: 200, body: { tasks } }]);
      const first = await sync(account);
      const second = await sync(account, first.states);
      for (const result of [first, second]) {
        expect(keysRead(result, 'deployments_recipes')).toContain(undated['id']);
        expect(marksOf(result, 'deployments_recipes')).toEqual({ [id]: '2025-05-05T10:00:00.000Z' });
      }
    });
  });
});

describe.concurrent('a row of which something becomes known only later', () => {
  const account = { deployments: 1, gen2Deployments: 0, tasksPerDay: 0, oddInstances: false };

  it('comes in its final form: a task, its date', async () => {
    await ibmCloud(account, async (opened) => {
      const { sandbox } = opened;
      const [id = ''] = gen1Of(sandbox);
      const task = (name: string, status: string, created_at: string | null): Row => ({
        id: `${id.slice(0, -2)}:task:${name}`,
        status,
        deployment_id: id,
        created_at,
      });
      const play = (...tasks: Row[]): void =>
        sandbox.setFaults([{ path: pathOf(id, '/tasks'), kind: 'status', status: 200, body: { tasks } }]);
      play(task('new', 'completed', '2025-05-05T10:00:00Z'), task('old', 'running', null));
      const first = await sync(opened);
      expect(stateOf(first, 'deployments_recipes')['pending']).toEqual([task('old', '', null)['id']]);
      play(task('new', 'completed', '2025-05-05T10:00:00Z'), task('old', 'completed', '2025-05-01T10:00:00Z'));
      const second = await sync(opened, first.states);
      expect(rowsRead(second.records, 'deployments_recipes')).toContainEqual(
        expect.objectContaining({ id: task('old', '', null)['id'], status: 'completed' }),
      );
      expect(stateOf(second, 'deployments_recipes')).not.toHaveProperty('pending');
    });
  });

  it('comes in its final form: an independent backup, its database', async () => {
    await ibmCloud(account, async (opened) => {
      const { sandbox } = opened;
      const database =
        'crn:v1:bluemix:public:databases-for-postgresql:eu-de:a/acc:11111111-1111-4111-8111-111111111111::';
      const backup = (place: number, state: string, isKnown: boolean): Row => ({
        id: `crn:v1:bluemix:public:databases-independent-backups:eu-de:a/acc:22222222-2222-4222-8222-22222222222${place}::`,
        guid: `22222222-2222-4222-8222-22222222222${place}`,
        resource_id: 'databases-independent-backups',
        state,
        created_at: `2025-05-0${place}T10:00:00Z`,
        ...(isKnown && {
          extensions: { dataservices: { backup: { source_data_service_crn: database, type: 'automatic' } } },
        }),
      });
      const play = (...resources: Row[]): void =>
        sandbox.setFaults([{ path: INSTANCES, kind: 'status', status: 200, body: { resources, next_url: null } }]);
      play(backup(1, 'provisioning', false), backup(5, 'active', true));
      const first = await sync(opened);
      expect(marksOf(first, 'deployments_backups')).toHaveProperty([database], '2025-05-05T10:00:00.000Z');
      play(backup(1, 'active', true), backup(5, 'active', true));
      const second = await sync(opened, first.states);
      expect(rowsRead(second.records, 'deployments_backups')).toContainEqual(
        expect.objectContaining({ id: backup(1, '', true)['id'], status: 'active', deployment_id: database }),
      );
      expect(stateOf(second, 'deployments_backups')).not.toHaveProperty('pending');
    });
  });
});

describe.concurrent('the mark of a deployment', () => {
  it('that is refused, or that deployment_ids leave out, stays where it is', async () => {
    await ibmCloud({}, async (account) => {
      const { sandbox } = account;
      const [refused = '', read = ''] = gen1Of(sandbox);
      const first = await sync(account);
      const before = marksOf(first, 'deployments_recipes');
      sandbox.passTime(86_400);
      sandbox.setFaults([{ path: pathOf(refused, '/tasks'), kind: 'status', status: 403 }]);
      const second = await sync(account, first.states, { platform: { deployment_ids: [refused, read] } });
      const after = marksOf(second, 'deployments_recipes');
      expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted());
      expect(after[read]).not.toBe(before[read]);
      expect({ ...after, [read]: before[read] }).toEqual(before);
      expect(keysRead(second, 'deployments_recipes').every((key) => key.startsWith(read.slice(0, -2)))).toBe(true);

      sandbox.setFaults([]);
      const third = await sync(account, second.states);
      const seen = new Set([first, second, third].flatMap((result) => keysRead(result, 'deployments_recipes')));
      expect([...sandbox.keys('deployments_recipes')].filter((key) => !seen.has(key))).toEqual([]);
    });
  });

  it('that is gone goes with it, unless rows of it are still listed', async () => {
    const few = { deployments: 4, gen2Deployments: 3 };
    const gone = await ibmCloud({ deployments: 6, gen2Deployments: 3 }, async (account) => {
      const { sandbox } = account;
      const [fifth = '', sixth = ''] = gen1Of(sandbox).slice(4);
      const result = await sync(account);
      // Its backups outlive a database of generation 2.
      const orphan = Object.keys(marksOf(result, 'deployments_backups')).find(
        (id) => !sandbox.deploymentIds.includes(id),
      );
      expect(orphan).toMatch(/^crn:v1:/);
      return { ids: [fifth, sixth], orphan: orphan ?? '', states: result.states };
    });
    const kept = await ibmCloud(few, async (account) => {
      const result = await sync(account, gone.states);
      for (const name of INCREMENTAL) {
        expect(
          Object.keys(marksOf(result, name)).filter((id) => gone.ids.includes(id)),
          name,
        ).toEqual([]);
        expect(Object.keys(marksOf(result, name)).length, name).toBeGreaterThan(3);
      }
      expect(marksOf(result, 'deployments_backups')).toHaveProperty([gone.orphan]);
      return result.states;
    });
    await ibmCloud({ ...few, gen2Backups: 0 }, async (account) => {
      const result = await sync(account, kept);
      expect(marksOf(result, 'deployments_backups')).not.toHaveProperty([gone.orphan]);
    });
  });
});

describe.concurrent('start_date', () => {
  it('leaves out old rows of an incremental read too, and not what comes later', async () => {
    await ibmCloud({ backupDays: 6 }, async (account) => {
      const config = { start_date: '2025-06-01T00:00:00Z' };
      const first = await sync(account, undefined, { config });
      const due = (sandbox: IbmCloudSandbox): string[] =>
        historyNow(sandbox)
          .deployments_backups.filter((row) => String(row['created_at']) >= '2025-06-01T00:00:00.000Z')
          .map(({ id }) => String(id));
      expect(keysRead(first, 'deployments_backups').toSorted()).toEqual(due(account.sandbox).toSorted());
      account.sandbox.passTime(86_400);
      const second = await sync(account, first.states, { config });
      const seen = new Set([first, second].flatMap((result) => keysRead(result, 'deployments_backups')));
      expect(due(account.sandbox).filter((key) => !seen.has(key))).toEqual([]);
    });
  });
});

describe.concurrent('a state of the other platform', () => {
  const messages = (name: string, stream_state: object): object[] => [
    { type: 'STREAM', stream: { stream_descriptor: { name }, stream_state } },
  ];
  const MARK = '2023-02-28T12:00:00.000Z';
  const ofCompose: Array<[string, (typeof INCREMENTAL)[number], object]> = [
    ['marks without a platform', 'deployments_recipes', { version: 1, marks: { ['5'.repeat(24)]: MARK } }],
    ['marks of Compose', 'deployments_recipes', { version: 1, platform: 'compose', marks: { ['5'.repeat(24)]: MARK } }],
    ['marks of backups', 'deployments_backups', { version: 1, marks: { ['5'.repeat(24)]: MARK } }],
  ];

  it.each(ofCompose)(
    '(%s) is a config_error that says to reset the stream, before any request',
    async (_, name, old) => {
      await ibmCloud({}, async ({ sandbox, read }) => {
        const result = await read({ mode: 'incremental', streams: [name], state: messages(name, old) });
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(1);
        expect(result.errors).toHaveLength(1);
        expect(result.errors[0]).toMatchObject({
          failure_type: 'config_error',
          message: expect.stringMatching(/reset/i) as string,
        });
        expect(result.errors[0]?.message).toContain(name);
        expect(sandbox.stats().requests).toBe(0);
      });
    },
  );

  it.each(['deployments_recipes', 'audit_events'])(
    '(IBM Cloud, handed to Compose: %s) is one as well',
    async (name) => {
      await sandboxed({}, async ({ sandbox, read }) => {
        const crn = 'crn:v1:bluemix:public:databases-for-redis:us-south:a/0:1::';
        const old = { version: 1, platform: 'ibm_cloud', marks: { [crn]: MARK } };
        const result = await read({ catalog: composeCatalogOf('incremental', [name]), state: messages(name, old) });
        expect(result.violations).toEqual([]);
        expect(result.exitCode).toBe(1);
        expect(result.errors).toHaveLength(1);
        expect(result.errors[0]).toMatchObject({
          failure_type: 'config_error',
          message: expect.stringMatching(/reset/i) as string,
        });
        expect(sandbox.stats().requests).toBe(0);
      });
    },
  );

  it('that Compose writes names no platform, as ever', async () => {
    await sandboxed({ auditEvents: 10 }, async ({ read }) => {
      const result = await read({ catalog: composeCatalogOf('incremental', ['audit_events', 'deployments_recipes']) });
      expect(result.exitCode).toBe(0);
      expect(result.states).toHaveLength(2);
      for (const { stream } of result.states) expect(stream.stream_state).not.toHaveProperty('platform');
    });
  });

  it('is none of the business of streams that are read in full', async () => {
    await ibmCloud({}, async ({ read }) => {
      const state = messages('deployments_recipes', { version: 1, marks: {} });
      const result = await read({ streams: ['accounts', 'deployments'], mode: 'incremental', state });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(logged(result, 'ERROR')).toEqual([]);
    });
  });
});
