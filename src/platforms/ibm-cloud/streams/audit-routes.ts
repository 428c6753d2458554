import { boolean, integer, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { loadList } from '../account/list.ts';
import { objectOf, rowsOf } from '../api/envelope.ts';
import { textOf, within } from '../api/values.ts';
import { requiringRole } from '../terms.ts';

const ROUTES = 'api/v2/routes';
const ROLE = 'the Viewer role on the service atracker';

/**
 * `GET /api/v2/routes`, `/targets` and `/settings` (icd-accounts-access.md 2.25), which have no pagination. Records are built from
 * single fields, because a target may contain the API key of Event Streams.
 */
export const auditRoutes = ibmStream({
  name: 'audit_routes',
  description: "Destinations of the account's audit events. IBM drops events that no record covers.",
  retrieval: { way: 'shared', path: ROUTES, load },
  primaryKey: {
    field: 'id',
    madeOf: ['account_id', 'route_id', 'rule_number', 'location', 'target_id'],
    needs: ['account_id'],
  },
  fields: {
    id: text('Key generated for this stream: account_id/route_id/rule_number/location/target_id.'),
    route_id: text('ID of the route; null for a default target.'),
    route_name: text('Name of the route.'),
    managed_by: text('Manager of the route: account or enterprise.'),
    rule_number: integer('Position of the rule in the route, from 1. The first rule that matches a location applies.'),
    location: text(
      'Location of the events: a region, a country such as jp, global, or * for all; null for a default target.',
    ),
    target_id: text('ID of the target; null if the rule has none.'),
    target_name: text('Name of the target.'),
    target_type: text('Type of the target, such as cloud_logs or cloud_object_storage.'),
    target_crn: text(
      'CRN of the instance that receives the events, such as a Logs instance. The instance may belong to another account.',
    ),
    bucket: text('Bucket that receives the events, if the target is in Cloud Object Storage.'),
    write_status: text('Status of writing events to the target, such as success.'),
    last_failure_at: timestamp('Time of the last failed write to the target.'),
    last_failure_reason: text('Reason for the last failed write to the target.'),
    is_default_target: boolean('Whether the target receives all events that no rule matches.'),
  },
});

async function load(account: Account): Promise<{ rows: Row[] }> {
  const [routes, targets, { default_targets }] = await Promise.all([list('routes'), list('targets'), settings()]);
  const lines = routes.flatMap(linesOf);
  const defaults = textsIn(default_targets).map((target_id) => ({ target_id, is_default_target: true }));
  const byId = new Map(targets.map((target) => [target['id'], target]));
  return { rows: [...lines, ...defaults].map((row) => ({ ...row, ...targetIn(byId.get(row.target_id)) })) };

  function list(name: 'routes' | 'targets'): Promise<Row[]> {
    const request = { stream: 'audit_routes', endpoint: 'atracker', path: `api/v2/${name}`, role: ROLE } as const;
    return loadList(account, { ...request, list: name });
  }

  async function settings(): Promise<Row> {
    const path = 'api/v2/settings';
    const request = { origin: account.config.endpoints.atracker, path };
    return objectOf(await requiringRole(ROLE, path, account.api.get(request, 'audit_routes')), path);
  }
}

/** One row per rule, location and target of a route. A rule without targets has one row per location. */
function linesOf(route: Row): Array<Row & { target_id: string | null }> {
  const { id: route_id, name: route_name, managed_by } = route;
  return rowsOf(route, 'rules', ROUTES).flatMap(({ target_ids, locations }, index) => {
    const targets = textsIn(target_ids);
    const common = { route_id, route_name, managed_by, rule_number: index + 1, is_default_target: false };
    return textsIn(locations).flatMap((location) =>
      (targets.length === 0 ? [null] : targets).map((target_id) => ({ ...common, location, target_id })),
    );
  });
}

/** The known fields of a target. They are null if the target isn't listed, for example because it belongs to the enterprise. */
function targetIn(target: Row | undefined): Row {
  const endpoints = ['cos', 'eventstreams', 'cloudlogs', 'appconfig'].map((kind) => target?.[`${kind}_endpoint`]);
  const endpoint = endpoints.find(isRow);
  const status = target?.['write_status'];
  return {
    target_name: within(target, 'name'),
    target_type: within(target, 'target_type'),
    target_crn: within(endpoint, 'target_crn'),
    bucket: within(endpoint, 'bucket'),
    write_status: within(status, 'status'),
    last_failure_at: within(status, 'last_failure'),
    last_failure_reason: within(status, 'reason_for_last_failure'),
  };
}

/** Each text in a list once, because a repeated one would repeat a record. */
function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? [...new Set((list as unknown[]).flatMap((each) => textOf(each) ?? []))] : [];
}
