import { createHash } from 'node:crypto';
import { object, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { embeddedList } from '../envelope.ts';
import { composeStream, perDeployment } from '../stream.ts';

/**
 * `GET /deployments/{id}/addons` (compose-api.md 9.8). The form of the response is unknown: only likely fields are declared, and
 * `addon` contains the whole row. If the endpoint does not exist, there are no add-ons.
 */
export const deploymentsAddons = composeStream({
  name: 'deployments_addons',
  description: 'Add-ons of each deployment. The endpoint is unverified, so the field addon contains the whole row.',
  retrieval: {
    ...perDeployment('addons'),
    rows(body, { path }) {
      const { rows, ...rest } = embeddedList(body, 'addons', path);
      return { rows: rows.map((row) => (isRow(row) ? withWholeRow(row) : row)), ...rest };
    },
    absentEverywhere: 'empty',
  },
  primaryKey: { field: 'key', madeOf: ['deployment_id', 'key'], needs: ['deployment_id', 'key'] },
  fields: {
    key: text('Key generated for this stream: deployment_id/id, or a hash of the row if the id is missing.'),
    deployment_id: text('ID of the deployment.'),
    id: text('ID of the add-on.'),
    name: text('Name of the add-on.'),
    type: text('Type of the add-on.'),
    status: text('Status of the add-on.'),
    created_at: timestamp('Creation time.'),
    addon: object('The whole row, as sent by the API.'),
  },
});

function withWholeRow(addon: Row): Row {
  const { deployment_id, id = null, name = null, type = null, status = null, created_at = null } = addon;
  const hasId = typeof id === 'number' || (typeof id === 'string' && id !== '');
  return { key: hasId ? id : hashOf(addon), deployment_id, id, name, type, status, created_at, addon };
}

/** The hash of an add-on's fields, regardless of their order. */
function hashOf(addon: Row): string {
  const fields = Object.entries(addon).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}
