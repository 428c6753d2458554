import { listOfTexts, text } from '../../../core/stream/fields.ts';
import type { ParsedPage } from '../../../core/stream/request.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { perDeployment } from '../account/partitions.ts';
import { objectIn } from '../api/envelope.ts';
import { emptyAsNull } from '../api/values.ts';

const TYPES = new Set(['postgresql', 'enterprisedb']);

/** `GET /deployments/{id}/remotes` (icd-api.md 2.3.8). */
export const deploymentsReplicas = ibmStream({
  name: 'deployments_replicas',
  description: 'The read-only replicas of each generation 1 deployment or, if the deployment is a replica, its leader.',
  retrieval: {
    ...perDeployment('/remotes', TYPES),
    rows(body, path): ParsedPage {
      const { leader, ...row } = objectIn(body, 'remotes', path);
      return { rows: [{ ...row, leader: emptyAsNull(leader) }] };
    },
    mayBeAbsent: true,
  },
  primaryKey: 'deployment_id',
  fields: {
    deployment_id: text('CRN of the deployment.'),
    generation: text('Always gen1. IBM Cloud does not report generation 2 replicas.'),
    leader: text('ID of the leader. Null if the deployment is not a replica.'),
    replicas: listOfTexts('IDs of the replicas.'),
  },
});
