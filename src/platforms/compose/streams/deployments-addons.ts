import type { ComposeShared } from '../shared.ts';
import { createHash } from 'node:crypto';
import { object, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { embeddedList } from '../envelope.ts';

/**
 * `GET /deployments/{id}/addons` (compose-api.md 9.8). Nobody has seen this endpoint's answer, so the likely fields are
 * declared, the whole row is kept in `addon`, and an API that does not have it at all has no add-ons.
 */
export const deploymentsAddons = streamsOf<ComposeShared>()({
  name: 'deployments_addons',
  description: 'Add-ons of each deployment. The endpoint is unverified: the whole row is kept in addon.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'addons'),
    rows(body, { path }) {
      const { rows, ...rest } = embeddedList(body, 'addons', path);
      return { rows: rows.map((row) => (isRow(row) ? withWholeRow(row) : row)), ...rest };
    },
    absentEverywhere: 'empty',
  },
  primaryKey: { field: 'key', madeOf: ['deployment_id', 'key'], needs: ['deployment_id', 'key'] },
  fields: {
    key: text('Made by the connector: deployment_id and the id of the add-on, or a digest of its row if it has none.'),
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
  return { key: hasId(id) ? id : digestOf(addon), deployment_id, id, name, type, status, created_at, addon };
}

function hasId(id: unknown): boolean {
  return typeof id === 'number' || (typeof id === 'string' && id !== '');
}

/** The same for the same fields in whatever order. */
function digestOf(addon: Row): string {
  const fields = Object.entries(addon).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}
