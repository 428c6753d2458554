import { text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { rowsIn, textOrNull } from '../api/envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Partitions, ofDatabase } from '../account/partitions.ts';

/** `GET /deployments/{id}/allowlists/ip_addresses` (icd-api.md 2.3.7), which IBM is about to retire. */
export const deploymentsAllowlists = streamsOf<IbmCloudShared>()({
  name: 'deployments_allowlists',
  description: 'Addresses that may connect to each deployment of generation 1.',
  retrieval: {
    way: 'partition',
    partitions: gen1Partitions,
    request: (partition) => ofDatabase(partition, '/allowlists/ip_addresses'),
    rows: (body, { path }) =>
      rowsIn(body, 'ip_addresses', path, ({ description, ...row }) => ({
        ...row,
        description: textOrNull(description),
      })),
    absentEverywhere: 'empty',
  },
  primaryKey: { field: 'id', madeOf: ['deployment_id', 'address'], needs: ['deployment_id', 'address'] },
  dropped: [],
  fields: {
    id: text('Key made for this stream: deployment_id/address.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1: generation 2 has context-based restrictions instead.'),
    address: text('IP address or network that may connect.'),
    description: text('What it is for.'),
  },
});
