import type { ComposeShared } from '../shared.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedRows } from '../envelope.ts';
import { boolean, text, timestamp } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** What a backup stays (compose-api.md 9.10). */
const FINAL: ReadonlySet<unknown> = new Set(['complete', 'completed', 'failed']);

/** `GET /deployments/{id}/backups` (compose-api.md 9.10). Old backups disappear; a running one has no date yet. */
export const deploymentsBackups = streamsOf<ComposeShared>()({
  name: 'deployments_backups',
  description: 'Backups of each deployment that are still kept.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'backups'),
    rows: (body, { path }) => embeddedRows(body, 'backups', path),
    incremental: { cursorField: 'created_at', isFinal: ({ status }) => FINAL.has(status) },
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: {
    id: text('Id of the backup.'),
    deployment_id: text('Id of the deployment.'),
    name: text('Name, with the time at which it was begun.'),
    type: text('What made it, such as daily, weekly, monthly or on_demand.'),
    status: text('Whether it is finished.'),
    is_downloadable: boolean('Whether it can be downloaded.'),
    is_restorable: boolean('Whether it can be restored.'),
    created_at: timestamp('When it was finished.'),
    download_link: text('Where to download it, if the API gives that in its list.'),
  },
});
