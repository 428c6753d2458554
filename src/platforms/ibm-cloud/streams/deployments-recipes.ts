import { integer, text, timestamp } from '../../../core/fields.ts';
import { defineStream } from '../../../core/stream.ts';
import { rowsIn } from '../envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Slices, ofDatabase } from '../slices.ts';

const FINAL: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired']);

/**
 * `GET /deployments/{id}/tasks` (icd-api.md 2.3.3). A finished task is listed for a day or two, a failed one for a week. It has
 * only the date of its beginning, and changes after that.
 */
export const deploymentsRecipes = defineStream<IbmCloudShared>({
  name: 'deployments_recipes',
  description: 'Tasks that were run on each deployment of generation 1.',
  slices: (shared) => gen1Slices(shared, { fields: ({ account }) => ({ account_id: account ?? null }) }),
  first: (slice, shared) => ofDatabase(slice, '/tasks', shared),
  rows: (body, { path }) =>
    rowsIn(body, 'tasks', path, ({ description, resource_type, ...row }) => ({
      ...row,
      name: description ?? null,
      template: resource_type ?? null,
    })),
  primaryKey: 'id',
  incremental: { field: 'created_at', by: 'marks', isFinal: ({ status }) => FINAL.has(status) },
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
