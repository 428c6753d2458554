import { text, timestamp } from '../../../core/stream/fields.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { perDeployment } from '../account/partitions.ts';
import { objectIn } from '../api/envelope.ts';
import { emptyAsNull } from '../api/values.ts';

const NAME = 'point_in_time_recovery_data';
const TYPES = new Set(['postgresql', 'enterprisedb', 'mysql', 'mongodbee']);

/** `GET /deployments/{id}/point_in_time_recovery_data` (icd-api.md 2.3.9). */
export const deploymentsRecoveryWindows = ibmStream({
  name: 'deployments_recovery_windows',
  description: 'The earliest time to which point-in-time recovery (PITR) can restore each generation 1 deployment.',
  retrieval: {
    ...perDeployment(`/${NAME}`, TYPES),
    rows(body, path) {
      const { earliest_point_in_time_recovery_time: earliest, ...row } = objectIn(body, NAME, path);
      return { rows: [{ ...row, earliest_point_in_time_recovery_time: emptyAsNull(earliest) }] };
    },
    mayBeAbsent: true,
  },
  primaryKey: 'deployment_id',
  fields: {
    deployment_id: text('CRN of the deployment.'),
    generation: text('Always gen1. The connector does not read generation 2 recovery windows.'),
    earliest_point_in_time_recovery_time: timestamp(
      'Earliest time to which the deployment can be recovered. Null if recovery is not possible yet.',
    ),
  },
});
