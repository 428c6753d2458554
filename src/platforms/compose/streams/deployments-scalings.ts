import type { ComposeShared } from '../shared.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { flatten, halObject } from '../envelope.ts';
import { integer, text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

const sizes = {
  allocated_units: integer('Units that it has.'),
  used_units: integer('Units that it uses.'),
  starting_units: integer('Units that it was made with.'),
  minimum_units: integer('The fewest units that it can be scaled to.'),
  memory_per_unit_in_mb: integer('Memory of a unit in MB.'),
  storage_per_unit_in_mb: integer('Storage of a unit in MB.'),
  unit_size_in_mb: integer('Size of a unit in MB, as the web console shows it.'),
  unit_type: text('What the size counts, such as memory or data.'),
};

/** `GET /deployments/{id}/scalings` (compose-api.md 9.13): one object without an envelope. */
export const deploymentsScalings = streamsOf<ComposeShared>()({
  name: 'deployments_scalings',
  description: 'Size of each deployment: one record per deployment.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'scalings'),
    rows: (body, { path }) => ({ rows: [flatten(halObject(body, path, Object.keys(sizes)))], warnings: [] }),
  },
  primaryKey: 'deployment_id',
  fields: { deployment_id: text('Id of the deployment.'), ...sizes },
});
