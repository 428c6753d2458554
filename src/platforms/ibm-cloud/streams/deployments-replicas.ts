import { listOfTexts, text } from '../../../core/stream/fields.ts';
import type { ParsedPage } from '../../../core/stream/request.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { objectIn, textOrNull, withoutOrigin } from '../api/envelope.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Partitions, ofDatabase } from '../account/partitions.ts';

const TYPES = new Set(['postgresql', 'enterprisedb']);

/** `GET /deployments/{id}/remotes` (icd-api.md 2.3.8). */
export const deploymentsReplicas = streamsOf<IbmCloudShared>()({
  name: 'deployments_replicas',
  description: 'The read replicas of each deployment of generation 1, or whose replica it is.',
  retrieval: {
    way: 'partition',
    partitions: (shared) => gen1Partitions(shared, { types: TYPES }),
    request: (partition) => ofDatabase(partition, '/remotes'),
    rows(body, { path }): ParsedPage {
      const { leader, ...row } = withoutOrigin(objectIn(body, 'remotes', path));
      return {
        rows: [pruneToFields({ ...row, leader: textOrNull(leader) }, deploymentsReplicas.fields)],
        warnings: [],
      };
    },
    absentEverywhere: 'empty',
  },
  primaryKey: 'deployment_id',
  dropped: [],
  fields: {
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1: generation 2 does not tell of replicas.'),
    leader: text('The deployment that it is a replica of; none if it is no replica.'),
    replicas: listOfTexts('Its replicas.'),
  },
});
