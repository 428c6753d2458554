import { boolean, text, timestamp } from '../../../core/stream/fields.ts';
import { composeStream, perDeployment } from '../stream.ts';

/** A backup's final statuses (compose-api.md 9.10). */
const FINAL: ReadonlySet<unknown> = new Set(['complete', 'completed', 'failed']);

/** `GET /deployments/{id}/backups` (compose-api.md 9.10). The API removes old backups from the list. A running backup has no date yet. */
export const deploymentsBackups = composeStream({
  name: 'deployments_backups',
  description: 'Available backups of each deployment.',
  retrieval: {
    ...perDeployment('backups'),
    cursorField: 'created_at',
    isFinal: ({ status }) => FINAL.has(status),
  },
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: {
    id: text('ID of the backup.'),
    deployment_id: text('ID of the deployment.'),
    name: text('Name of the backup, including its start time.'),
    type: text('Backup type, such as daily, weekly, monthly or on_demand.'),
    status: text('Status of the backup.'),
    is_downloadable: boolean('Whether the backup can be downloaded.'),
    is_restorable: boolean('Whether the backup can be restored.'),
    created_at: timestamp('Completion time.'),
    download_link: text("Download link. Null if the API's list of backups omits the link."),
  },
});
