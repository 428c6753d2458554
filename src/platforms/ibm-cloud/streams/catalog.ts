import { unexpectedBody } from '../../../core/failure/errors.ts';
import { boolean, listOfObjects, text } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Account } from '../account/account.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { loadInventory } from '../account/inventory.ts';
import { databasesAt } from '../api/endpoints.ts';
import { listIn, rowsOf } from '../api/envelope.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import { textOf } from '../api/values.ts';

// The catalog of generation 1, which is the same for all accounts.

const DEPLOYABLES = 'deployables';
const REGIONS = 'regions';
/** The region to request if no deployment has a known region (icd-api.md 1.6). */
const DEFAULT_REGION = 'us-south';

/** `GET /deployables` (icd-api.md 2.3.1): the generation 1 catalog. */
export const databases = ibmStream({
  name: 'databases',
  description: 'The database types available in generation 1, with their versions.',
  isSameForAll: true,
  retrieval: {
    way: 'shared',
    path: DEPLOYABLES,
    async load(account) {
      const body = await loadCatalog(account, DEPLOYABLES, 'databases');
      return { rows: rowsOf(body, DEPLOYABLES, DEPLOYABLES).map(shape) };
    },
  },
  primaryKey: 'type',
  // A version's type is the same as its record's.
  dropped: ['versions[].type'],
  fields: {
    type: text('Database type, such as postgresql.'),
    generation: text('Always gen1.'),
    versions: listOfObjects('Available versions.', {
      application: text('Database type of the version.'),
      version: text('Version number.'),
      status: text('Release status, such as stable, beta or deprecated.'),
      preferred: boolean('Whether this is the recommended version.'),
      is_preferred: boolean("Same value as preferred, under the API's own field name."),
      transitions: listOfObjects('Available upgrades.', {
        application: text('Database type.'),
        method: text('Upgrade method: in-place or restore.'),
        skip_backup_supported: boolean('Whether the upgrade can skip the backup.'),
        from_version: text('Current version.'),
        to_version: text('Target version.'),
      }),
    }),
  },
});

function shape(row: Row): Row {
  const { type, versions } = row;
  if (!Array.isArray(versions)) return { ...row, generation: 'gen1' };
  const named = versions.map((version: unknown) =>
    isRow(version) ? { application: type, preferred: version['is_preferred'], ...version } : version,
  );
  return pruneToFields({ ...row, generation: 'gen1', versions: named }, databases.fields);
}

/** `GET /regions` (icd-api.md 2.3.1): a list of names. Records have the same fields as on Compose. */
export const datacenters = ibmStream({
  name: 'datacenters',
  description: 'The regions where databases can be provisioned.',
  isSameForAll: true,
  retrieval: {
    way: 'shared',
    path: REGIONS,
    load: async (account) => ({ rows: rowsIn(await loadCatalog(account, REGIONS, 'datacenters')) }),
  },
  primaryKey: 'slug',
  fields: {
    slug: text('Provider and region, such as ibm:us-south.'),
    provider: text('Always ibm.'),
    region: text('Name of the region, such as us-south.'),
  },
});

function rowsIn(body: unknown): Row[] {
  return listIn(body, REGIONS, REGIONS).map((name, i) => {
    const region = textOf(name);
    if (region === undefined) throw unexpectedBody(REGIONS, `region ${i + 1} has no name`);
    return { slug: `ibm:${region}`, provider: 'ibm', region };
  });
}

/** Requests a list that all deployments share from one region's databases API. Throws a ConnectorError. */
async function loadCatalog(account: Account, path: string, stream: string): Promise<unknown> {
  const { deployments } = await account.once(loadInventory);
  const [region = DEFAULT_REGION] = deployments.flatMap((each) => each.region ?? []).toSorted();
  return account.api.get({ origin: databasesAt(account.config.endpoints, region), path }, stream);
}
