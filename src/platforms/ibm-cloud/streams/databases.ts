import { boolean, listOfObjects, text } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { rowsIn } from '../api/envelope.ts';
import { pruneToFields } from '../api/prune-to-fields.ts';
import type { IbmCloudShared } from '../shared.ts';

const PATH = 'deployables';

/** `GET /deployables` (icd-api.md 2.3.1): the catalogue of generation 1. That of generation 2 is elsewhere. */
export const databases = streamsOf<IbmCloudShared>()({
  name: 'databases',
  description: 'The types of database on offer in generation 1, with their versions.',
  retrieval: {
    way: 'shared',
    path: PATH,
    load: ({ catalogue }) => catalogue(PATH, 'databases', (body) => rowsIn(body, PATH, PATH, shape).rows as Row[]),
  },
  primaryKey: 'type',
  // The type of the row.
  dropped: ['versions[].type'],
  fields: {
    type: text('Type of database, such as postgresql.'),
    generation: text('gen1: the catalogue has no other.'),
    versions: listOfObjects('The versions on offer.', {
      application: text('Type of database that the version belongs to.'),
      version: text('The version itself.'),
      status: text('How mature the version is, such as stable, beta or deprecated.'),
      preferred: boolean('Whether it is the recommended one.'),
      is_preferred: boolean('The same, as the API calls it.'),
      transitions: listOfObjects('What it can be changed to.', {
        application: text('Type of database.'),
        method: text('How it is changed: in-place or restore.'),
        skip_backup_supported: boolean('Whether that can be done without a backup before.'),
        from_version: text('Version that is changed.'),
        to_version: text('Version that it becomes.'),
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
