import { boolean, listOfObjects, text } from '../../../core/fields.ts';
import { type Row, defineStream, isRow } from '../../../core/stream.ts';
import { rowsIn } from '../envelope.ts';
import type { IbmCloudShared } from '../shared.ts';

const PATH = 'deployables';

/** `GET /deployables` (icd-api.md 2.3.1): the catalogue of generation 1. That of generation 2 is elsewhere. */
export const databases = defineStream<IbmCloudShared>({
  name: 'databases',
  description: 'The types of database on offer in generation 1, with their versions.',
  listed: {
    path: PATH,
    load: ({ catalogue }) => catalogue(PATH, 'databases', (body) => rowsIn(body, PATH, PATH, shape).rows as Row[]),
  },
  primaryKey: 'type',
  dropped: [],
  fields: {
    type: text('Type of database, such as postgresql.'),
    generation: text('gen1: the catalogue has no other.'),
    versions: listOfObjects('The versions on offer.', {
      application: text('Type of database that the version belongs to.'),
      version: text('The version itself.'),
      status: text('How mature the version is, such as stable, beta or deprecated.'),
      preferred: boolean('Whether it is the recommended one.'),
      is_preferred: boolean('The same, as the API calls it.'),
      transitions: listOfObjects('What it can be changed to.', {}),
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
