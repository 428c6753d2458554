import { integer, text } from '../../../core/stream/fields.ts';
import { flatten, halObject } from '../envelope.ts';
import { composeStream, perDeployment } from '../stream.ts';

const sizes = {
  allocated_units: integer('Number of allocated units.'),
  used_units: integer('Number of used units.'),
  starting_units: integer('Initial number of units.'),
  minimum_units: integer('Minimum number of units.'),
  memory_per_unit_in_mb: integer('Memory per unit in MB.'),
  storage_per_unit_in_mb: integer('Storage per unit in MB.'),
  unit_size_in_mb: integer('Unit size in MB, as shown in the web console.'),
  unit_type: text('Resource that the unit size refers to: memory or data.'),
};

/** `GET /deployments/{id}/scalings` (compose-api.md 9.13): one object without an envelope. */
export const deploymentsScalings = composeStream({
  name: 'deployments_scalings',
  description: 'Allocated resources of each deployment: one record per deployment.',
  retrieval: {
    ...perDeployment('scalings'),
    rows: (body, path) => ({ rows: [flatten(halObject(body, path, Object.keys(sizes)))] }),
  },
  primaryKey: 'deployment_id',
  fields: { deployment_id: text('ID of the deployment.'), ...sizes },
});
