import { describe, expect, test } from 'vitest';
import {
  backupRow,
  crnOf,
  gen1Row,
  gen2Row,
  guidOf,
  instanceRow,
  instancesBody,
  openApi,
} from '../../../../test-support/unit/instances.ts';
import { Account } from './account.ts';
import { type Inventory, loadInventory } from './inventory.ts';
import { ibmCloudConfig } from '../config.ts';

const SIZES = { postgresql: { members: 2 } };

/** The inventory of an account with these instances, limited by `deployment_ids`. */
function of(rows: readonly unknown[], deploymentIds: string[]) {
  const api = openApi(() => instancesBody(rows));
  const config = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'k', deployment_ids: deploymentIds });
  return { api, load: () => loadInventory(new Account(config, api)) };
}

const ids = (found: ReadonlyArray<{ id: string }>): string[] => found.map(({ id }) => id);

describe('the option deployment_ids', () => {
  const rows = [gen1Row(1), gen2Row(2, SIZES), backupRow(3, crnOf(2)), backupRow(4, crnOf(9)), backupRow(5, undefined)];
  const chosen = (...deploymentIds: string[]): Promise<Inventory> => of(rows, deploymentIds).load();

  test('accepts CRNs and GUIDs in uppercase or lowercase, and limits deployments and backups, but not the set of all known CRNs', async () => {
    for (const id of [crnOf(2), guidOf(2), guidOf(2).toUpperCase()]) {
      const { deployments, backups, all, missing } = await chosen(id);
      expect(ids(deployments)).toEqual([crnOf(2)]);
      expect(backups.map(({ source }) => source)).toEqual([crnOf(2)]);
      expect(all).toEqual(new Set([crnOf(1), crnOf(2), crnOf(9), crnOf(5, 'databases-independent-backups')]));
      expect(missing).toEqual([]);
    }
  });

  test('accepts ids of deleted deployments that still have backups', async () => {
    for (const id of [crnOf(9), guidOf(9), guidOf(9).toUpperCase()]) {
      const { deployments, backups, missing } = await chosen(id);
      expect(deployments).toEqual([]);
      expect(backups.map(({ source }) => source)).toEqual([crnOf(9)]);
      expect(missing).toEqual([]);
    }
  });

  test('selects everything if it is empty, including backups of unknown deployments', async () => {
    const { deployments, backups } = await chosen();
    expect(ids(deployments)).toEqual([crnOf(1), crnOf(2)]);
    expect(backups.map(({ source }) => source)).toEqual([crnOf(2), crnOf(9), undefined]);
  });

  test('selects the ids that exist, and a warning lists the others', async () => {
    const { api, load } = of(rows, [guidOf(77), guidOf(1), crnOf(88)]);
    const { deployments, missing } = await load();
    expect(ids(deployments)).toEqual([crnOf(1)]);
    expect(missing).toEqual([guidOf(77), crnOf(88)]);
    expect(api.logged).toContain(
      `warn These deployment_ids were not found with this API key: ${guidOf(77)}, ${crnOf(88)}. Correct the option deployment_ids.`,
    );
  });

  test('causes an error if none of its ids exist', async () => {
    await expect(chosen(guidOf(77), crnOf(88))).rejects.toMatchObject({
      problem: 'deployments_unknown',
      failureType: 'config_error',
      message: `These deployment_ids were not found with this API key: ${guidOf(77)}, ${crnOf(88)}. Correct the option deployment_ids.`,
    });
  });

  test('does not accept the ids of instances of other services', async () => {
    await expect(of([instanceRow(1, crnOf(1, 'kms')), gen1Row(2)], [guidOf(1)]).load()).rejects.toMatchObject({
      problem: 'deployments_unknown',
    });
  });
});
