import { embeddedList } from '../envelope.ts';
import { object, text, timestamp } from '../../../core/fields.ts';
import { type Row, defineStream, isRow } from '../../../core/stream.ts';

/**
 * `GET /deployments/{id}/addons` (compose-api.md 9.8). Nobody has seen this endpoint's answer, so the likely fields are
 * declared, the whole row is kept in `addon`, and an API that does not have it at all has no add-ons.
 */
export const deploymentsAddons = defineStream({
  name: 'deployments_addons',
  description: 'Add-ons of each deployment. The endpoint is unverified: the whole row is kept in addon.',
  reading: {
    kind: 'per_deployment',
    path: (id) => `deployments/${encodeURIComponent(id)}/addons`,
    absentEverywhere: 'empty',
  },
  rows(body, path) {
    const { rows, ...rest } = embeddedList(body, 'addons', path);
    return { rows: rows.map((row) => (isRow(row) ? withWholeRow(row) : row)), ...rest };
  },
  fields: {
    deployment_id: text('Id of the deployment that has the add-on.'),
    id: text('Id of the add-on, if it has one.'),
    name: text('Name of the add-on.'),
    type: text('Kind of add-on.'),
    status: text('State of the add-on.'),
    created_at: timestamp('When it was added.'),
    addon: object('The whole row as the API sent it.'),
  },
});

function withWholeRow(addon: Row): Row {
  const { deployment_id, id = null, name = null, type = null, status = null, created_at = null } = addon;
  return { deployment_id, id, name, type, status, created_at, addon };
}
