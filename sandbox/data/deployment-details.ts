import { accountId } from './accounts.ts';
import { clusterId } from './clusters.ts';
import { databaseOf, deploymentId, deploymentRow, versionOf } from './deployments.ts';
import { link } from './links.ts';
import { hex8, noise } from './noise.ts';
import type { Row, World } from './world.ts';

/** A password that opens nothing. */
const fakePassword = (world: World, index: number): string =>
  `FAKE${hex8(noise(world.seed, 31, index))}${hex8(noise(world.seed, 32, index))}`.toUpperCase();

/** What stands in `misc` for Redis (reference, 15); that each value is a list is our guess. */
const redisMisc = (scheme: string, login: string, host: string): Row => ({
  cli_readonly: [`redli --readonly -u ${scheme}://${login}@${host}`],
  direct_readonly: [`${scheme}://${login}@${host}`],
  ssh_cli: [`ssh -N compose@${host.replace(/:.*$/, '')} -p 22 # then redli -u redis://${login}@127.0.0.1`],
});

const connectionStrings = (world: World, index: number): Row => {
  const { type, scheme } = databaseOf(index);
  const password = fakePassword(world, index);
  const portal = (number: number): string => `portal-${number}.example.invalid:${17_000 + (index % 1000)}`;
  const login = `admin:${password}`;
  // Redis has no databases to name, and one MongoDB address names all hosts (reference, 15).
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
};

/** One deployment on its own: all fields, and the connection strings that the list leaves out (P-dep1). */
export const deploymentDetail = (world: World, index: number): Row => {
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
};
