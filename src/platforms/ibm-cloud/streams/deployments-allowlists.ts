import { text } from '../../../core/fields.ts';
import { defineStream } from '../../../core/stream.ts';
import { rowsIn } from '../envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Slices, ofDatabase } from '../slices.ts';

/** `GET /deployments/{id}/allowlists/ip_addresses` (icd-api.md 2.3.7), which IBM is about to retire. */
export const deploymentsAllowlists = defineStream<IbmCloudShared>({
  name: 'deployments_allowlists',
  description: 'Addresses that may connect to each deployment of generation 1.',
  slices: gen1Slices,
  absentEverywhere: 'empty',
  first: (slice, shared) => ofDatabase(slice, '/allowlists/ip_addresses', shared),
  rows: (body, { path }) => rowsIn(body, 'ip_addresses', path, (row) => row),
  primaryKey: 'id',
  keyParts: ['deployment_id', 'address'],
  keyNeeds: ['deployment_id', 'address'],
  dropped: [],
  fields: {
    id: text('Key made for this stream: deployment_id/address.'),
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1: generation 2 has context-based restrictions instead.'),
    address: text('IP address or network that may connect.'),
    description: text('What it is for.'),
  },
});
