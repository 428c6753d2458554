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
import { type Found, Inventory, missingSentence } from './inventory.ts';

const SIZES = { postgresql: { members: 2 } };

/** The inventory of an account with these instances, as far as these ids choose. */
function of(rows: readonly unknown[], deploymentIds: string[]) {
  const api = openApi(() => instancesBody(rows));
  const options = { controller: 'https://controller.example.test', deploymentIds, resourceGroupIds: [] };
  return { api, inventory: new Inventory(options, api) };
}

const ids = (found: ReadonlyArray<{ id: string }>): string[] => found.map(({ id }) => id);

describe('the choice of deployments', () => {
  const rows = [gen1Row(1), gen2Row(2, SIZES), backupRow(3, crnOf(2)), backupRow(4, crnOf(9)), backupRow(5, undefined)];
  const chosen = (...deploymentIds: string[]): Promise<Found> => of(rows, deploymentIds).inventory.load();

  test('by CRN or by GUID, in capitals or not, limits deployments and their backups, but not what is known', async () => {
    for (const id of [crnOf(2), guidOf(2), guidOf(2).toUpperCase()]) {
      const { deployments, backups, all, missing } = await chosen(id);
      expect(ids(deployments)).toEqual([crnOf(2)]);
      expect(backups.map(({ source }) => source)).toEqual([crnOf(2)]);
      expect(all).toEqual(new Set([crnOf(1), crnOf(2), crnOf(9), crnOf(5, 'databases-independent-backups')]));
      expect(missing).toEqual([]);
    }
  });

  test('may name a deployment in capitals where the API does', async () => {
    const row = gen1Row(1, { guid: guidOf(0xa).toUpperCase() });
    expect(ids((await of([row], [guidOf(0xa)]).inventory.load()).deployments)).toEqual([crnOf(1)]);
  });

  test('may name a deployment that is gone, of which there are backups', async () => {
    for (const id of [crnOf(9), guidOf(9), guidOf(9).toUpperCase()]) {
      const { deployments, backups, missing } = await chosen(id);
      expect(deployments).toEqual([]);
      expect(backups.map(({ source }) => source)).toEqual([crnOf(9)]);
      expect(missing).toEqual([]);
    }
  });

  test('that is no choice takes all, also the backups of nobody knows what', async () => {
    const { deployments, backups } = await chosen();
    expect(ids(deployments)).toEqual([crnOf(1), crnOf(2)]);
    expect(backups.map(({ source }) => source)).toEqual([crnOf(2), crnOf(9), undefined]);
  });

  test('that is there in part is read in part, and warned about', async () => {
    const { api, inventory } = of(rows, [guidOf(77), guidOf(1), crnOf(88)]);
    const { deployments, missing } = await inventory.load();
    expect(ids(deployments)).toEqual([crnOf(1)]);
    expect(missing).toEqual([guidOf(77), crnOf(88)]);
    expect(api.logged).toContain(
      `warn These deployment ids do not exist for this API key: ${guidOf(77)}, ${crnOf(88)}. Correct deployment_ids.`,
    );
  });

  test('of which nothing is there is for the user to correct', async () => {
    await expect(chosen(guidOf(77), crnOf(88))).rejects.toMatchObject({
      problem: 'deployments_unknown',
      failureType: 'config_error',
      message: `None of the deployment_ids exist for this API key: ${guidOf(77)}, ${crnOf(88)}. Correct deployment_ids, or leave it empty to read all deployments.`,
    });
  });

  test('cannot name what is no database', async () => {
    await expect(of([instanceRow(1, crnOf(1, 'kms')), gen1Row(2)], [guidOf(1)]).inventory.load()).rejects.toMatchObject(
      { problem: 'deployments_unknown' },
    );
  });
});

test('one missing id is told in the singular', () => {
  expect(missingSentence(['x'], [])).toBe(
    'This deployment id does not exist for this API key: x. Correct deployment_ids.',
  );
});
