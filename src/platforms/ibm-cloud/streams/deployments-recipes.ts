import { integer, text, timestamp } from '../../../core/stream/fields.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { perDeployment } from '../account/partitions.ts';
import { rowsIn } from '../api/envelope.ts';

const FINAL: ReadonlySet<unknown> = new Set(['completed', 'failed', 'expired']);

/** `GET /deployments/{id}/tasks` (icd-api.md 2.3.3). IBM lists completed tasks for a day or two, and failed tasks for a week. */
export const deploymentsRecipes = ibmStream({
  name: 'deployments_recipes',
  description: 'Tasks of each generation 1 deployment.',
  retrieval: {
    ...perDeployment('/tasks'),
    rows: (body, path) =>
      rowsIn(body, 'tasks', path, ({ description = null, resource_type = null, ...row }) => ({
        ...row,
        name: description,
        template: resource_type,
      })),
    cursorField: 'created_at',
    // A task's only date is its start time, so a cursor value can't show that the task has changed.
    isFinal: ({ status }) => FINAL.has(status),
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: {
    id: text('CRN of the task.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('Always gen1. For generation 2, the deployments stream contains the last operation.'),
    name: text('Description of the task.'),
    template: text('Type of the resource that the task affects, such as instance, backup or user.'),
    status: text('Status, such as queued, running, completed, failed or expired.'),
    progress_percent: integer('Progress in percent.'),
    created_at: timestamp('Creation time.'),
  },
});
