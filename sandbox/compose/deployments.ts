import { hex8, noise, pick, upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { ACCOUNT_SLUG, DATABASE_TYPES, type DatabaseType, accountId, clusterId } from './account.ts';
import { DAY, END_OF_HISTORY, Kind, type World, link, makeId, readId, spell } from './world.ts';

const SERVICES = ['orders', 'events', 'sessions', 'search', 'queue', 'ledger', 'config', 'catalogue'] as const;

export function deploymentId(world: World, index: number): string {
  return makeId(world.seed, Kind.deployment, 0, index + 1);
}

export function deploymentIndex(world: World, id: string): number | undefined {
  const index = (readId(world.seed, Kind.deployment, id)?.index ?? 0) - 1;
  return index >= 0 && index < world.deployments ? index : undefined;
}

export function databaseOf(index: number): DatabaseType {
  return pick(DATABASE_TYPES, index);
}

export function deploymentName(index: number): string {
  const number = index < SERVICES.length ? '' : `-${index}`;
  return `${pick(SERVICES, index)}-${databaseOf(index).type.replace('_', '')}${number}`;
}

/** The version of a deployment's database. Every second deployment has an outdated version, if its database type has several versions. */
export function versionOf(index: number): string | undefined {
  const { versions } = databaseOf(index);
  return versions[index % 2 === 0 ? Math.max(0, versions.length - 3) : versions.length - 1];
}

/** The complete list, which is not paginated. */
export function deployments(world: World): Row[] {
  return upTo(world.deployments).map((index) => deploymentRow(world, index));
}

/** A row of the list, complete or sparse. Some rows of hosted deployments have an empty cluster id (compose-api.md, 9.7). */
function deploymentRow(world: World, index: number): Row {
  const name = deploymentName(index);
  const created = END_OF_HISTORY - 1400 * DAY + (noise(world.seed, 21, index) % (900 * DAY));
  const row: Row = {
    id: deploymentId(world, index),
    name,
    type: databaseOf(index).type,
    created_at: spell(created, index),
    notes: index % 5 === 0 ? 'orders service – ask Çelik' : '',
    _links: { compose_web_ui: link(`${ACCOUNT_SLUG}/deployments/${name}`, 'https://app.compose.io/') },
  };
  if (index % 5 === 1) return row;
  return {
    ...row,
    account_id: accountId(world),
    customer_billing_code: index % 3 === 0 ? `cc-${1000 + index}` : '',
    cluster_id: index % 5 === 2 ? '' : clusterId(world, index),
    version: versionOf(index) ?? null,
  };
}

/** A single deployment with all fields, including the connection strings that the list omits. */
export function deploymentDetail(world: World, index: number): Row {
  const row = deploymentRow(world, index);
  const id = deploymentId(world, index);
  const below = Object.fromEntries(
    ['scalings', 'backups', 'alerts'].map((name) => [name, link(`deployments/${id}/${name}`)]),
  );
  return {
    account_id: accountId(world),
    customer_billing_code: '',
    cluster_id: clusterId(world, index),
    version: versionOf(index) ?? null,
    ...row,
    ca_certificate_base64: Buffer.from(`-----BEGIN CERTIFICATE-----\nnot a real one: ${id}\n`).toString('base64'),
    connection_strings: connectionStrings(world, index),
    _links: {
      ...(row['_links'] as Row),
      ...below,
      cluster: link(`clusters/${clusterId(world, index)}`),
    },
  };
}

function connectionStrings(world: World, index: number): Row {
  const { type, scheme } = databaseOf(index);
  const password = fakePassword(world, index);
  const portal = (number: number): string => `portal-${number}.example.invalid:${17_000 + (index % 1000)}`;
  const login = `admin:${password}`;
  // Redis addresses have no path, and a single MongoDB address contains all hosts (compose-api.md, 15).
  const path = type === 'redis' ? '' : '/compose';
  const direct =
    type === 'mongodb'
      ? [`${scheme}://${login}@${portal(1)},${portal(2)}${path}?authSource=admin&ssl=true`]
      : [1, 2].map((number) => `${scheme}://${login}@${portal(number)}${path}`);
  return {
    direct,
    cli: [`${type}-cli -h portal-1.example.invalid -u admin -p ${password}`],
    maps: type === 'scylla' ? [{ '10.0.0.1:9042': portal(1), '10.0.0.2:9042': portal(2) }] : [],
    misc: type === 'redis' ? redisMisc(scheme, login, portal(1)) : {},
    ssh: [],
    health: type === 'elastic_search' ? [`https://admin:${password}@${portal(1)}/_cluster/health`] : [],
    admin: type === 'rabbitmq' ? [`https://admin:${password}@${portal(2)}`] : [],
    ssh_admin: [],
  };
}

/** The connection strings in `misc` for Redis (compose-api.md, 15). We assume that each value is a list. */
function redisMisc(scheme: string, login: string, host: string): Row {
  return {
    cli_readonly: [`redli --readonly -u ${scheme}://${login}@${host}`],
    direct_readonly: [`${scheme}://${login}@${host}`],
    ssh_cli: [`ssh -N compose@${host.replace(/:.*$/, '')} -p 22 # then redli -u redis://${login}@127.0.0.1`],
  };
}

function fakePassword(world: World, index: number): string {
  return `FAKE${hex8(noise(world.seed, 31, index))}${hex8(noise(world.seed, 32, index))}`.toUpperCase();
}
