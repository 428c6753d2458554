import { boolean, listOfObjects, text } from '../../../core/stream/fields.ts';
import { composeStream, wholeList } from '../stream.ts';

/** `GET /databases` (compose-api.md 9.5). */
export const databases = composeStream({
  name: 'databases',
  description: 'The available database types, with their versions.',
  retrieval: wholeList('databases', 'applications'),
  primaryKey: 'type',
  fields: {
    type: text('Database type, such as postgresql.'),
    status: text('Release status, such as stable or beta.'),
    display_name: text('Display name.'),
    versions: listOfObjects('Available versions.', {
      application: text('Database type, such as postgresql.'),
      status: text('Release status, such as stable, beta or deprecated.'),
      preferred: boolean('Whether the version is recommended. A database type can have several recommended versions.'),
      version: text('Version number.'),
    }),
  },
});
