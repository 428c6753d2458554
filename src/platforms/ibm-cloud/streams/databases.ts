import { boolean, listOfObjects, text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import type { Accounts } from '../account/accounts.ts';
import { NO_ACCOUNT_ID, catalogList } from '../account/catalog.ts';
import { rowsOf } from '../api/envelope.ts';

const PATH = 'deployables';

/** `GET /deployables` (icd-api.md 2.3.1): the generation 1 catalog. */
export const databases = streamsOf<Accounts>()({
  name: 'databases',
  description: 'The database types available in generation 1, with their versions.',
  retrieval: catalogList('databases', PATH, (body) => rowsOf(body, PATH, PATH).map(shape)),
  primaryKey: 'type',
  // Each version repeats the type of its record.
  dropped: ['versions[].type'],
  fields: {
    type: text('Database type, such as postgresql.'),
    account_id: NO_ACCOUNT_ID,
    generation: text('Always gen1.'),
    versions: listOfObjects('Available versions.', {
      application: text('Database type, such as postgresql.'),
      version: text('Version number.'),
      status: text('Release status, such as stable, beta or deprecated.'),
      preferred: boolean('Whether the version is recommended.'),
      is_preferred: boolean("Same value as preferred, under the API's own field name."),
      transitions: listOfObjects('Available upgrades.', {
        application: text('Database type.'),
        method: text('Upgrade method: in-place or restore.'),
        skip_backup_supported: boolean('Whether the upgrade can be done without a backup.'),
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
  return { ...row, generation: 'gen1', versions: named };
}
