import { text } from '../../../core/stream/fields.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { perDeployment } from '../account/partitions.ts';
import { rowsIn } from '../api/envelope.ts';
import { textOrNull } from '../api/values.ts';

/** `GET /deployments/{id}/allowlists/ip_addresses` (icd-api.md 2.3.7), which IBM has deprecated. */
export const deploymentsAllowlists = ibmStream({
  name: 'deployments_allowlists',
  description: 'The IP addresses that are allowed to connect to each generation 1 deployment.',
  retrieval: {
    ...perDeployment('/allowlists/ip_addresses'),
    rows: (body, { path }) =>
      rowsIn(body, 'ip_addresses', path, (row) => ({ ...row, description: textOrNull(row['description']) })),
    absentEverywhere: 'empty',
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'address'], needs: ['deployment_id', 'address'] },
  fields: {
    id: text('Key generated for this stream: deployment_id/address.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('Always gen1; generation 2 uses context-based restrictions instead.'),
    address: text('Allowed IP address or CIDR range.'),
    description: text('Description of the entry.'),
  },
});
