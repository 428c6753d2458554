import { integer, text, timestamp } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { rowsIn } from '../api/envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Partitions, ofDatabase } from '../account/partitions.ts';

const FINAL: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired']);

/**
 * `GET /deployments/{id}/tasks` (icd-api.md 2.3.3). A finished task is listed for a day or two, a failed one for a week. It has
 * only the date of its beginning, and changes after that.
 */
export const deploymentsRecipes = streamsOf<IbmCloudShared>()({
  name: 'deployments_recipes',
  description: 'Tasks that were run on each deployment of generation 1.',
  retrieval: {
    way: 'partition',
    partitions: (shared) => gen1Partitions(shared, { fields: ({ account }) => ({ account_id: account ?? null }) }),
    request: (partition) => ofDatabase(partition, '/tasks'),
    rows: (body, { path }) =>
      rowsIn(body, 'tasks', path, ({ description, resource_type, ...row }) => ({
        ...row,
        name: description ?? null,
        template: resource_type ?? null,
      })),
    incremental: { cursorField: 'created_at', isFinal: ({ status }) => FINAL.has(status) },
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  dropped: [],
  fields: {
    id: text('CRN of the task.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1: generation 2 tells only of the last operation, in deployments.'),
    account_id: text('Id of the account.'),
    name: text('What it does, for people.'),
    template: text('What it works on, such as instance, backup or user.'),
    status: text('State, such as queued, running, completed, failed or expired.'),
    progress_percent: integer('How far it is, from 0 to 100.'),
    created_at: timestamp('When it was made.'),
  },
});
