import type { ComposeShared } from '../shared.ts';
import { embeddedRows } from '../envelope.ts';
import { boolean, listOfObjects, text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /databases` (compose-api.md 9.5). Its list is named `applications`. */
export const databases = streamsOf<ComposeShared>()({
  name: 'databases',
  description: 'The types of database on offer, with their versions.',
  retrieval: {
    way: 'once',
    request: () => ({ path: 'databases' }),
    rows: (body, { path }) => embeddedRows(body, 'applications', path),
  },
  primaryKey: 'type',
  fields: {
    type: text('Type of database, such as postgresql.'),
    status: text('How mature the offer is, such as stable or beta.'),
    display_name: text('Name for people.'),
    versions: listOfObjects('The versions on offer.', {
      application: text('Type of database that the version belongs to.'),
      status: text('How mature the version is, such as stable, beta or deprecated.'),
      preferred: boolean('Whether it is a recommended one; there may be several.'),
      version: text('The version itself.'),
    }),
  },
});
