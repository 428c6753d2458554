import { expect, test } from 'vitest';
import { freePort } from '../../test-support/free-port.ts';
import { STRANGER } from './accounts.ts';
import { startScheduler } from './scheduler.ts';

const BACKFILL = `mutation ($backfill: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfill) { ... on LaunchBackfillSuccess { backfillId } }
}`;

const TICK = `mutation {
  scheduleDryRun(
    timestamp: 1750000000
    selectorData: { repositoryName: "__repository__", repositoryLocationName: "accounts.py", scheduleName: "hourly" }
  ) { ... on DryRunInstigationTick { evaluationResult { runRequests { tags { key value } } } } }
}`;

const RUNS = `{
  runsOrError { ... on Runs { results {
    status
    tags { key value }
    assetMaterializations { metadataEntries { label ... on IntMetadataEntry { intValue } } }
    stepStats { attempts { startTime } }
  } } }
}`;

type Tags = Array<{ key: string; value: string }>;

interface Tick {
  scheduleDryRun: { evaluationResult: { runRequests: Array<{ tags: Tags }> } };
}

interface Run {
  status: string;
  tags: Tags;
  assetMaterializations: Array<{ metadataEntries: Array<{ label: string; intValue: number }> }>;
  stepStats: Array<{ attempts: object[] }>;
}

test('Dagster reads each account in a partition, schedules all partitions, and retries killed reads but not accounts that it cannot read', async () => {
  const port = await freePort();
  const scheduler = await startScheduler('dagster', {
    accounts: 2,
    delay: ['delay=300', 'delay=1'],
    flags: ` --port ${port}`,
    env: { DAGSTER_DISABLE_TELEMETRY: '1' },
  });
  try {
    const [killed = '', other = ''] = scheduler.accounts.ids;
    const ask = async <T>(query: string, variables = {}): Promise<T> => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return ((await response.json()) as { data: T }).data;
    };
    const backfill = { assetSelection: [{ path: ['databases'] }], partitionNames: [killed, other, STRANGER] };
    const { launchPartitionBackfill } = await scheduler.until(() =>
      ask<{ launchPartitionBackfill: object }>(BACKFILL, { backfill }).catch(() => undefined),
    );
    expect(launchPartitionBackfill).toHaveProperty('backfillId');

    process.kill(await scheduler.hangingRead(killed), 'SIGKILL');
    scheduler.accounts.release();

    const runs = await scheduler.until(async () => {
      const { runsOrError } = await ask<{ runsOrError: { results: Run[] } }>(RUNS);
      const all = runsOrError.results;
      return all.length === 3 && all.every(({ status }) => ['SUCCESS', 'FAILURE'].includes(status)) && all;
    });
    const ends = runs.map(({ tags, status, stepStats }) => [partitionIn(tags), status, stepStats[0]?.attempts.length]);
    expect(ends.toSorted()).toEqual(
      [
        [killed, 'SUCCESS', 2],
        [other, 'SUCCESS', 1],
        [STRANGER, 'FAILURE', 1],
      ].toSorted(),
    );
    const counts = runs.map(
      ({ assetMaterializations: [made] }) =>
        made?.metadataEntries.find(({ label }) => label === 'deployments')?.intValue,
    );
    expect(counts.toSorted()).toEqual([13, 13, undefined]);
    const { scheduleDryRun: tick } = await ask<Tick>(TICK);
    expect(tick.evaluationResult.runRequests.map(({ tags }) => partitionIn(tags))).toEqual([killed, other, STRANGER]);
    for (const id of [killed, other]) await scheduler.accounts.expectAll(id, scheduler.recordsOf(id));
  } finally {
    await scheduler.close();
  }
});

function partitionIn(tags: Tags): string | undefined {
  return tags.find(({ key }) => key === 'dagster/partition')?.value;
}
