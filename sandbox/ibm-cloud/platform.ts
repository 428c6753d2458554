import { upTo } from '../noise.ts';
import type { Answer, Platform, Received, Route, Row } from '../platform.ts';
import { account, listGroups, listMembers } from './access.ts';
import { AuditEvents, logsInstances } from './audit-events.ts';
import { databaseRoutes } from './databases.ts';
import { deploymentId } from './deployments.ts';
import { open, spoil } from './envelope.ts';
import { type Refuse, SERVICES, errorBody as refuse } from './errors.ts';
import { gen2Id } from './gen2.ts';
import {
  identitySettings,
  listIdentities,
  listServiceIdGroups,
  listUsers,
  oneIdentity,
  profilePart,
} from './identities.ts';
import { listInstances, listResourceGroups, listResourceKeys, oneInstance } from './inventory.ts';
import { LogsQuery } from './logs-query.ts';
import type { IbmCloudOptions } from './options.ts';
import { Pages } from './pages.ts';
import { listPolicies, listRoles } from './policies.ts';
import { listReclamations } from './reclamations.ts';
import { type Holdings, IBM_CLOUD_STREAM_NAMES, type IbmCloudStreamName, countsOf, keysOf, rowsOf } from './reports.ts';
import { listRules, listZones, oneZone, ruleSettings } from './restrictions.ts';
import { routing } from './routing.ts';
import { search } from './search.ts';
import { PROFILES_PATH, TOKEN_PATH, Tokens, keyDetails, profileOf } from './tokens.ts';
import { Usage } from './usage.ts';
import { Clock, type World, accountId } from './world.ts';

/** The IBM Cloud APIs, with methods that change the key's own account. */
export interface IbmCloud extends Platform<IbmCloudStreamName> {
  readonly accountId: string;
  /** CRNs of trusted profiles that the key can assume, starting with the profile of the key's own account. */
  readonly profiles: readonly string[];
  readonly logsInstances: readonly string[];
  rows(stream: IbmCloudStreamName): Iterable<Row>;
  now(): number;
  passTime(seconds: number): void;
  addEvents(count: number, lateBySeconds?: number): void;
  touchUsage(month?: string): string;
}

/** The addresses of the services, named as in the connector's option `endpoints`. */
export interface Endpoints {
  readonly iam: string;
  readonly resource_controller: string;
  /** The address contains `{region}` and ends before `/deployments`. */
  readonly databases: string;
  readonly billing: string;
  readonly accounts: string;
  readonly users: string;
  /** The address contains `{region}` and `{instance}`. */
  readonly logs: string;
  readonly search: string;
  readonly cbr: string;
  readonly atracker: string;
}

/** The services' addresses at an origin. IBM uses a host per service, and the sandbox uses a path per service. */
export function endpointsAt(origin: string): Endpoints {
  return {
    iam: `${origin}/iam`,
    resource_controller: `${origin}/resource-controller`,
    databases: `${origin}/databases/{region}/v5/ibm`,
    billing: `${origin}/billing`,
    accounts: `${origin}/accounts`,
    users: `${origin}/users`,
    logs: `${origin}/logs/{region}/{instance}`,
    search: `${origin}/search`,
    cbr: `${origin}/cbr`,
    atracker: `${origin}/atracker`,
  };
}

/** Generates IBM Cloud accounts. The same seed and options, including `now`, always produce the same data. */
export function createIbmCloud(seed: number, options: IbmCloudOptions): IbmCloud {
  const clock = new Clock(options.now === '' ? Date.now() : Date.parse(options.now));
  const own: World = { seed, options, clock };
  const others = upTo(options.accounts).map((index): World => ({ seed: seed + 1000 * (index + 1), options, clock }));
  const tokens = new Tokens([own, ...others]);
  const pages = new Pages(options);
  const [ownParts, ...otherParts] = [own, ...others].map((world) => partsOf(world, tokens, pages));
  const { usage, events } = ownParts!;
  const all = [ownParts!, ...otherParts].map(({ holdings }) => holdings);
  const partsAt = new Map([ownParts!, ...otherParts].map((parts) => [parts.holdings.world, parts]));

  function touchUsage(month?: string): string {
    const { text } = usage.touch(month);
    for (const key of keysOf([ownParts!.holdings], 'billables')) if (key.startsWith(text)) return key;
    throw new RangeError(`there is no usage for the month ${text}`);
  }

  return {
    prefix: '',
    contentType: 'application/json; charset=utf-8',
    // Each account has its own data at every path.
    routes: Object.fromEntries(
      Object.keys(ownParts!.serves).map((path): [string, Route] => [
        path,
        (_id, _other, _query, received) =>
          partsAt.get(tokens.worldOf(received))?.serves[path]?.(received) ?? refuse(received.path, 404),
      ]),
    ),
    credential: options.apiKey,
    admit: (received) => {
      const { path } = received;
      const [, service = ''] = path.split('/');
      const isOpen = path === TOKEN_PATH || path === PROFILES_PATH || !SERVICES.some((name) => name === service);
      return isOpen || tokens.admits(received) ? undefined : refuse(path, 401);
    },
    accountOf: (received) => accountId(tokens.worldOf(received)),
    serviceOf,
    refusal: refuse,
    spoil: (body, shape, otherOrigin) => spoil(pages, body, shape, otherOrigin),
    open,
    forgetCursors: (path) => pages.forget(path),
    deploymentIds: [own, ...others].flatMap((world) => [
      ...upTo(options.deployments).map((index) => deploymentId(world, index)),
      ...upTo(options.gen2Deployments).map((index) => gen2Id(world, index)),
    ]),
    streams: IBM_CLOUD_STREAM_NAMES,
    counts: () => countsOf(all),
    keys: (stream) => keysOf(all, stream),
    rows: (stream) => rowsOf(all, stream),
    changes: {
      time: ({ pass = 0 }) => {
        clock.pass(pass);
        return { now: new Date(clock.now).toISOString() };
      },
      events: ({ add = 0, late = 0 }) => {
        events.add(add, late);
        return { audit_events: countsOf(all).audit_events };
      },
      usage: ({ touch = 1 }) => ({ touched: upTo(touch).map(() => touchUsage()) }),
      tokens: () => {
        tokens.revoke();
        return {};
      },
    },
    accountId: accountId(own),
    profiles: [own, ...others].map((world) => profileOf(world).crn),
    logsInstances: [own, ...others].flatMap(logsInstances),
    now: () => clock.now,
    passTime: (seconds) => clock.pass(seconds),
    addEvents: (count, lateBySeconds = 0) => events.add(count, lateBySeconds),
    touchUsage,
  };
}

/** An account's data, and the responses that contain it. */
interface Parts {
  readonly usage: Usage;
  readonly events: AuditEvents;
  readonly holdings: Holdings;
  readonly serves: Readonly<Record<string, Serve>>;
}

function partsOf(world: World, tokens: Tokens, pages: Pages): Parts {
  const usage = new Usage(world);
  const events = new AuditEvents(world);
  const serves = {
    ...iamRoutes(world, tokens, pages, refuse),
    ...controllerRoutes(world, pages, refuse),
    ...databaseRoutes(world, refuse),
    ...identityRoutes(world, pages, refuse),
    ...accountRoutes(world, usage, pages, refuse),
    ...postureRoutes(world, refuse),
    ...logsRoutes(new LogsQuery(world, events), refuse),
  };
  return { usage, events, holdings: { world, usage, events }, serves };
}

/**
 * The service that a path belongs to, identified by the path's first segments. IBM has a databases host per region, and a Logs host per
 * region and instance.
 */
function serviceOf(path: string): string {
  const segments = { databases: 2, logs: 3 } as const;
  const parts = path.split('/').slice(1);
  const [first] = parts;
  return parts.slice(0, first === 'databases' || first === 'logs' ? segments[first] : 1).join('/');
}

type Serve = (received: Received) => Answer;

function iamRoutes(world: World, tokens: Tokens, pages: Pages, refuse: Refuse): Record<string, Serve> {
  return {
    [`POST ${TOKEN_PATH}`]: (received) => tokens.exchange(received),
    [`POST ${PROFILES_PATH}`]: (received) => tokens.listProfiles(received, refuse),
    '/iam/v1/apikeys/details': (received) => keyDetails(world, received, refuse),
    '/iam/v2/groups': (received) => listGroups(world, pages, received, refuse),
    '/iam/v2/groups/:id/members': (received) => listMembers(world, pages, received, refuse),
    '/iam/v2/policies': (received) => listPolicies(world, pages, received, refuse),
    '/iam/v2/roles': (received) => listRoles(world, received, refuse),
  };
}

function identityRoutes(world: World, pages: Pages, refuse: Refuse): Record<string, Serve> {
  const lists = (['serviceids', 'profiles', 'apikeys'] as const).flatMap((list): Array<[string, Serve]> => [
    [`/iam/v1/${list}`, (received) => listIdentities(list)(world, pages, received, refuse)],
    [`/iam/v1/${list}/:identity`, (received) => oneIdentity(list)(world, received, refuse)],
  ]);
  const parts = (['identities', 'links', 'rules'] as const).map((part): [string, Serve] => [
    `/iam/v1/profiles/:identity/${part}`,
    (received) => profilePart(part)(world, received, refuse),
  ]);
  return {
    ...Object.fromEntries([...lists, ...parts]),
    '/iam/v1/serviceid_groups': (received) => listServiceIdGroups(world, received, refuse),
    '/iam/v1/accounts/:id/settings/identity': (received) => identitySettings(world, received, refuse),
    '/users/v2/accounts/:id/users': (received) => listUsers(world, pages, received, refuse),
    '/users/v2/accounts/:id/users/:identity': (received) => oneIdentity('users')(world, received, refuse),
  };
}

function controllerRoutes(world: World, pages: Pages, refuse: Refuse): Record<string, Serve> {
  return {
    '/resource-controller/v2/resource_instances': (received) => listInstances(world, pages, received, refuse),
    '/resource-controller/v2/resource_instances/:id': (received) => oneInstance(world, received, refuse),
    '/resource-controller/v2/resource_keys': () => listResourceKeys(world),
    '/resource-controller/v2/resource_instances/:id/resource_keys': () => listResourceKeys(world),
    '/resource-controller/v2/resource_groups': (received) => listResourceGroups(world, received, refuse),
    '/resource-controller/v1/reclamations': (received) => listReclamations(world, received, refuse),
    'POST /search/v3/resources/search': (received) => search(world, pages, received, refuse),
  };
}

function postureRoutes(world: World, refuse: Refuse): Record<string, Serve> {
  return {
    '/cbr/v1/rules': (received) => listRules(world, received, refuse),
    '/cbr/v1/zones': (received) => listZones(world, received, refuse),
    '/cbr/v1/zones/:id': (received) => oneZone(world, received, refuse),
    '/cbr/v1/account_settings/:id': (received) => ruleSettings(world, received, refuse),
    '/atracker/api/v2/:id': (received) => routing(world, received, refuse),
  };
}

function accountRoutes(world: World, usage: Usage, pages: Pages, refuse: Refuse): Record<string, Serve> {
  const answer: Serve = (received) => usage.answer(pages, received, refuse);
  return {
    '/billing/v4/accounts/:id/resource_instances/usage/:month': answer,
    '/billing/v4/accounts/:id/resource_groups/:group/resource_instances/usage/:month': answer,
    '/accounts/v4/accounts/:id': (received) => account(world, received, refuse),
  };
}

function logsRoutes(query: LogsQuery, refuse: Refuse): Record<string, Serve> {
  return { 'POST /logs/:region/:id/v1/query': (received) => query.answer(received, refuse) };
}
