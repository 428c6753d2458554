import type { ComposeShared } from '../shared.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedList, flatten } from '../envelope.ts';
import { listOfObjects, text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/**
 * `GET /deployments/{id}/alerts` (compose-api.md 9.9): one object with a summary and a list. It stays one record, so
 * that a healthy deployment has a row too and no key of an alert has to be invented.
 */
export const deploymentsAlerts = streamsOf<ComposeShared>()({
  name: 'deployments_alerts',
  description: 'Health of each deployment now: one record per deployment.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'alerts'),
    rows(body, { path }) {
      const { warnings, missing } = embeddedList(body, 'alerts', path);
      // An object that has neither says nothing of the deployment, least of all that it is healthy.
      const says = missing === undefined || Object.hasOwn(body as object, 'summary');
      return { rows: says ? [flatten(body as Row)] : [], warnings };
    },
  },
  primaryKey: 'deployment_id',
  fields: {
    deployment_id: text('Id of the deployment.'),
    summary: text('The state in one word; healthy when there are no alerts.'),
    alerts: listOfObjects('The alerts; empty when it is healthy.', {
      deployment_id: text('Id of the deployment.'),
      capsule_id: text('Id of the one node that the alert is about, if it is about one.'),
      message: text('What is the matter, for people.'),
      status: text('How bad it is, such as warning or critical.'),
    }),
  },
});
