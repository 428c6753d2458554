import { listOfObjects, text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { embeddedList, flatten } from '../envelope.ts';
import { composeStream, perDeployment } from '../stream.ts';

/** `GET /deployments/{id}/alerts` (compose-api.md 9.9) as one record, so that healthy deployments have a record and alerts need no key. */
export const deploymentsAlerts = composeStream({
  name: 'deployments_alerts',
  description: 'Current health of each deployment: one record per deployment.',
  retrieval: {
    ...perDeployment('alerts'),
    rows(body, path) {
      const { warnings, missing } = embeddedList(body, 'alerts', path);
      // If both the summary and the list are missing, the deployment's health is unknown.
      const isReport = missing === undefined || Object.hasOwn(body as object, 'summary');
      return { rows: isReport ? [flatten(body as Row)] : [], warnings };
    },
  },
  primaryKey: 'deployment_id',
  fields: {
    deployment_id: text('ID of the deployment.'),
    summary: text('Health summary. The value is healthy if the deployment has no alerts.'),
    alerts: listOfObjects('Current alerts. Empty if the deployment is healthy.', {
      deployment_id: text('ID of the deployment.'),
      capsule_id: text('ID of the affected node, if the alert is about a single node.'),
      message: text('Text of the alert.'),
      status: text('Severity, such as warning or critical.'),
    }),
  },
});
