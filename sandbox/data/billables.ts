import { accountId } from './accounts.ts';
import { DAY, END_OF_HISTORY, spell } from './calendar.ts';
import { clusterId } from './clusters.ts';
import { databaseOf, deploymentId, deploymentName } from './deployments.ts';
import { Kind, makeId } from './ids.ts';
import { type Row, type World, upTo } from './world.ts';

const FAR_FUTURE = '9999-12-31T00:00:00Z';

const billable = (world: World, deployment: number, index: number): Row => {
  const units = 1 + ((deployment + index) % 4);
  const start = END_OF_HISTORY - (400 - 100 * index) * DAY;
  const ended = index === 0;
  return {
    id: makeId(world.seed, Kind.billable, deployment, index),
    account_id: accountId(world),
    // No source says whether amounts are numbers or text: both are served.
    amount: deployment % 2 === 0 ? units * 17.5 : (units * 17.5).toFixed(2),
    start_at: spell(start, deployment),
    end_at: ended ? spell(start + 100 * DAY, deployment) : FAR_FUTURE,
    description: `${deploymentName(deployment)}: ${databaseOf(deployment).type} ${index === 2 ? 'capsule' : 'data unit'}`,
    identifier: deploymentId(world, deployment),
    resource_identifier: clusterId(world, deployment),
    sku: `${databaseOf(deployment).type}-${index === 2 ? 'capsule' : 'data'}`,
    units,
    replaces_id: index === 1 ? makeId(world.seed, Kind.billable, deployment, 0) : null,
  };
};

/** Each deployment's former and present billing row; every other one has a capsule on the bill as well (P-bill). */
export const billables = (world: World): Row[] =>
  upTo(world.deployments).flatMap((deployment) =>
    upTo(deployment % 2 === 0 ? 3 : 2).map((index) => billable(world, deployment, index)),
  );
