import { describe, expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, backupRow, crnOf, gen1Row, gen2Row, guidOf } from '../../../../test-support/unit/instances.ts';
import type { Row } from '../../../core/record/row.ts';
import { deploymentsBackups } from './deployments-backups.ts';

const at = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString();
const BACKUPS = 'databases-independent-backups';

/** A backup as documented in icd-api.md 2.3.4. */
const backup = (day: number, more: Row = {}): Row => ({
  id: `${crnOf(1).slice(0, -1)}backup:b${day}`,
  deployment_id: 'as the databases call it',
  type: 'scheduled',
  status: 'completed',
  is_downloadable: true,
  is_restorable: true,
  download_link: 'https://bucket.example.test/?signature=hunter2',
  created_at: at(day),
  ...more,
});

/** An independent backup of a generation 2 deployment (icd-api.md 2.4.2). */
const independent = (n: number, source: string | undefined, day: number, more: Row = {}): Row =>
  backupRow(n, source, { created_at: at(day), updated_at: at(day), ...more });

test('a generation 1 backup has the requested CRN as its deployment_id, but no download link', async () => {
  const answers = { '/backups': { backups: [backup(1)] } };
  const { stream, printed } = openIbmRead(deploymentsBackups, { instances: [gen1Row(1)], answers });
  await stream.toEnd();
  expect(printed.rows).toEqual([
    {
      id: `${crnOf(1).slice(0, -1)}backup:b1`,
      account_id: ACCOUNT,
      deployment_id: crnOf(1),
      generation: 'gen1',
      type: 'scheduled',
      status: 'completed',
      is_downloadable: true,
      is_restorable: true,
      created_at: at(1),
    },
  ]);
  expect(printed.logged('WARN')).toEqual([]);
  expect(JSON.stringify(printed.messages)).not.toContain('hunter2');
});

test('a generation 2 backup is read from the inventory, without another request', async () => {
  const details = {
    type: 'automatic',
    size_gb: 1.5,
    version: '18',
    can_be_deleted_after: 'never',
    source_data_service_crn: crnOf(9),
  };
  const row = independent(1, crnOf(9), 3, { extensions: { dataservices: { backup: details } } });
  const { stream, printed, api } = openIbmRead(deploymentsBackups, { instances: [row] });
  await stream.toEnd();
  expect(printed.rows).toEqual([
    {
      id: crnOf(1, BACKUPS),
      account_id: ACCOUNT,
      deployment_id: crnOf(9),
      generation: 'gen2',
      name: 'db-1',
      type: 'automatic',
      status: 'active',
      is_downloadable: false,
      is_restorable: true,
      created_at: at(3),
      updated_at: at(3),
      size_gb: 1.5,
      version: '18',
      can_be_deleted_after: 'never',
    },
  ]);
  expect(api.requests).toHaveLength(1);
});

test('a running backup is not restorable, and a backup of an unknown deployment has no deployment_id', async () => {
  const [row] = await ibmRows(deploymentsBackups, {
    instances: [independent(1, undefined, 3, { state: 'provisioning' })],
  });
  expect(row).toMatchObject({ status: 'provisioning', is_restorable: false, type: null });
  expect(row?.['deployment_id'] ?? null).toBeNull();
});

test('the option deployment_ids limits all backups, including those of deleted deployments', async () => {
  const instances = [
    gen2Row(1, {}),
    independent(2, crnOf(1), 1),
    independent(3, crnOf(9), 2),
    independent(4, undefined, 3),
  ];
  const idsFor = async (id: string): Promise<unknown[]> => {
    const rows = await ibmRows(deploymentsBackups, { instances, config: { deployment_ids: [id] } });
    return rows.map((row) => row['id']);
  };
  expect(await idsFor(guidOf(1))).toEqual([crnOf(2, BACKUPS)]);
  expect(await idsFor(crnOf(9))).toEqual([crnOf(3, BACKUPS)]);
});

describe('the state', () => {
  const read = async (instances: Row[], marks: Record<string, string>, backups: Row[] = [], config: Row = {}) => {
    const state = { version: 1, platform: 'ibm_cloud', marks };
    const answers = { '/backups': { backups } };
    const { stream, printed } = openIbmRead(deploymentsBackups, { instances, answers, state, config });
    await stream.toEnd();
    return { ids: printed.rows.map(({ id }) => id), state: stream.reader.cursor?.state() };
  };

  test('contains one cursor value per deployment, even for deleted deployments', async () => {
    const instances = [gen1Row(1), gen2Row(2, {}), independent(3, crnOf(2), 5), independent(4, crnOf(9), 7)];
    const { ids, state } = await read(instances, {}, [backup(1), backup(2)]);
    expect(ids).toHaveLength(4);
    expect(state).toEqual({
      version: 1,
      platform: 'ibm_cloud',
      marks: { [crnOf(1)]: at(2), [crnOf(2)]: at(5), [crnOf(9)]: at(7) },
    });
    const again = await read(instances, (state as { marks: Record<string, string> }).marks, [backup(1), backup(2)]);
    expect(again.ids.toSorted()).toEqual([backup(2)['id'], crnOf(3, BACKUPS), crnOf(4, BACKUPS)].toSorted());
  });

  test('contains no cursor value for a deployment that neither exists nor has backups', async () => {
    const { state } = await read([gen1Row(1), independent(2, crnOf(8), 1)], { [crnOf(7)]: at(1) }, [backup(3)]);
    expect(state).toMatchObject({ marks: { [crnOf(1)]: at(3), [crnOf(8)]: at(1) } });
    expect(state).not.toHaveProperty(['marks', crnOf(7)]);
  });

  test('contains separate cursor values for the generation 1 backups and the independent backups of a deployment', async () => {
    const instances = [gen1Row(1), independent(2, crnOf(1), 8), independent(3, crnOf(1), 9)];
    const { ids, state } = await read(instances, {}, [backup(1), backup(2)]);
    expect(ids).toHaveLength(4);
    expect(state).toMatchObject({ marks: { [crnOf(1)]: at(2), [`${crnOf(1)} (independent)`]: at(9) } });
    const { marks } = state as { marks: Record<string, string> };
    const later = await read(instances, marks, [backup(1), backup(2), backup(3)]);
    expect(later.ids.toSorted()).toEqual([backup(2)['id'], backup(3)['id'], crnOf(3, BACKUPS)].toSorted());
  });

  test('keeps a backup pending, to be emitted again, until its deployment is known', async () => {
    const whole = independent(1, crnOf(9), 3);
    const { extensions: _, ...listed } = whole;
    const next = async (instance: Row, state: object): Promise<{ rows: Row[]; state: object }> => {
      const instances = [instance, independent(2, crnOf(9), 4)];
      const { stream, printed } = openIbmRead(deploymentsBackups, { instances, state });
      await stream.toEnd();
      const rows = printed.rows.filter(({ id }) => id === crnOf(1, BACKUPS));
      return { rows, state: stream.reader.cursor?.state() ?? {} };
    };
    const first = await next(listed, {});
    expect(first.rows).toHaveLength(1);
    expect(first.state).toMatchObject({ pending: [crnOf(1, BACKUPS)] });
    const second = await next(whole, first.state);
    expect(second.rows).toMatchObject([{ deployment_id: crnOf(9) }]);
    expect(second.state).toMatchObject({ pending: undefined });
    expect((await next(whole, second.state)).rows).toEqual([]);
  });
});
