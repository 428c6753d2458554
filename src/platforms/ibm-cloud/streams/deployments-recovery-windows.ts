import { text, timestamp } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { objectIn, textOrNull, withoutOrigin } from '../api/envelope.ts';
import type { IbmCloudShared } from '../shared.ts';
import { gen1Partitions, ofDatabase } from '../account/partitions.ts';

const NAME = 'point_in_time_recovery_data';
const TYPES = new Set(['postgresql', 'enterprisedb', 'mysql', 'mongodbee']);

/** `GET /deployments/{id}/point_in_time_recovery_data` (icd-api.md 2.3.9). */
export const deploymentsRecoveryWindows = streamsOf<IbmCloudShared>()({
  name: 'deployments_recovery_windows',
  description: 'The earliest point in time that each deployment of generation 1 can be restored to.',
  retrieval: {
    way: 'partition',
    partitions: (shared) => gen1Partitions(shared, { types: TYPES }),
    request: (partition) => ofDatabase(partition, `/${NAME}`),
    rows(body, { path }) {
      const { earliest_point_in_time_recovery_time: earliest, ...row } = withoutOrigin(objectIn(body, NAME, path));
      return { rows: [{ ...row, earliest_point_in_time_recovery_time: textOrNull(earliest) }], warnings: [] };
    },
    absentEverywhere: 'empty',
  },
  primaryKey: 'deployment_id',
  dropped: [],
  fields: {
    deployment_id: text('CRN of the deployment.'),
    generation: text('gen1: that of generation 2 is not read.'),
    earliest_point_in_time_recovery_time: timestamp(
      'The earliest time it can be restored to; none if there is none yet.',
    ),
  },
});
