import { type Answer, type Received, type Row, json } from '../platform.ts';
import { logsInstances } from './audit-events.ts';
import type { Refuse } from './errors.ts';
import { DAY, Kind, type World, accountId, crn, fakeSecret, iso, uuid } from './world.ts';

/** The id of the nth target. The last target belongs to the enterprise and isn't listed. */
function targetId(world: World, index: number): string {
  return uuid(world, Kind.routing, 0, index);
}

const [LOGS, STREAMS, BUCKET, ENTERPRISE] = [0, 1, 2, 3] as const;

/** The targets of audit events (icd-accounts-access.md, 2.25). Only the Event Streams target contains secrets. */
function targets(world: World): Row[] {
  const target = (index: number, name: string, target_type: string, endpoint: Row): Row => ({
    id: targetId(world, index),
    name,
    crn: crn(world, { service: 'atracker', region: 'us-south', guid: targetId(world, index) }),
    target_type,
    region: 'us-south',
    ...endpoint,
    write_status: { status: 'success' },
    created_at: iso(world.clock.start - 300 * DAY),
    updated_at: iso(world.clock.start - 200 * DAY),
    api_version: 2,
    managed_by: 'account',
  });
  const instance = (service: string, index: number): string =>
    crn(world, { service, region: 'global', guid: uuid(world, Kind.other, 7, index) });
  const failed = iso(world.clock.start - DAY);
  return [
    target(LOGS, 'logs', 'cloud_logs', { cloudlogs_endpoint: { target_crn: logsInstances(world)[0] } }),
    target(STREAMS, 'siem', 'event_streams', {
      eventstreams_endpoint: {
        target_crn: instance('messagehub', 1),
        brokers: [`${fakeSecret(world, 5, 0)}.example.invalid:9093`],
        topic: 'audit',
        api_key: fakeSecret(world, 5, 1),
        service_to_service_enabled: false,
      },
    }),
    {
      ...target(BUCKET, 'Büro "Archiv"', 'cloud_object_storage', {
        cos_endpoint: {
          endpoint: 's3.private.us-south.cloud-object-storage.appdomain.cloud',
          target_crn: instance('cloud-object-storage', 2),
          bucket: 'audit-events',
          service_to_service_enabled: true,
        },
      }),
      write_status: { status: 'failed', last_failure: failed, reason_for_last_failure: 'The bucket is missing.' },
    },
  ];
}

function routes(world: World): Row[] {
  const route = (index: number, name: string, managed_by: string, ...rules: Array<[number[], string[]]>): Row => ({
    id: uuid(world, Kind.routing, 1, index),
    name,
    crn: crn(world, { service: 'atracker', region: 'us-south', guid: uuid(world, Kind.routing, 1, index) }),
    version: 1,
    rules: rules.map(([places, locations]) => ({ target_ids: places.map((each) => targetId(world, each)), locations })),
    created_at: iso(world.clock.start - 300 * DAY),
    updated_at: iso(world.clock.start - 100 * DAY),
    api_version: 2,
    managed_by,
  });
  return [
    route(0, 'all', 'account', [[LOGS], ['*', 'global']]),
    route(
      1,
      'europe',
      'account',
      [
        [STREAMS, BUCKET],
        ['eu-de', 'eu-gb'],
      ],
      [[], ['us-east']],
    ),
    route(2, 'enterprise', 'enterprise', [[ENTERPRISE], ['global']]),
  ];
}

function settings(world: World): Row {
  return {
    default_targets: [targetId(world, BUCKET)],
    permitted_target_regions: [],
    metadata_region_primary: 'us-south',
    private_api_endpoint_only: false,
    api_version: 2,
  };
}

/**
 * One row for each combination of route, rule, location and target, and one for each default target. Each row contains
 * its route, if any, and its target.
 */
export function routedEvents(world: World): Row[] {
  const account_id = accountId(world);
  const targetOf = (id: unknown): Row | undefined => targets(world).find((target) => target['id'] === id);
  const routed = routes(world).flatMap((route) =>
    (route['rules'] as Array<{ target_ids: string[]; locations: string[] }>).flatMap(
      ({ target_ids, locations }, index) =>
        locations.flatMap((location) =>
          (target_ids.length === 0 ? [''] : target_ids).map((target_id) => ({
            ...{ account_id, route_id: route['id'], rule_number: index + 1, location, target_id },
            ...{ route, target: targetOf(target_id) },
          })),
        ),
    ),
  );
  const defaults = (settings(world)['default_targets'] as string[]).map((target_id) => ({
    ...{ account_id, route_id: '', rule_number: '', location: '', target_id, target: targetOf(target_id) },
  }));
  return [...routed, ...defaults];
}

/** `GET /api/v2/routes`, `/targets` and `/settings`, for the token's account. */
export function routing(world: World, { parameters, path }: Received, refuse: Refuse): Answer {
  switch (parameters['id']) {
    case 'routes':
      return json(200, { routes: routes(world) });
    case 'targets':
      return json(200, { targets: targets(world) });
    case 'settings':
      return json(200, settings(world));
    default:
      return refuse(path, 404);
  }
}
