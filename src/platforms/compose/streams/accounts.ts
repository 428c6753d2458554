import type { ComposeShared } from '../shared.ts';
import { embeddedRows } from '../envelope.ts';
import { text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /accounts` (compose-api.md 9.1); the API gives one account for now. */
export const accounts = streamsOf<ComposeShared>()({
  name: 'accounts',
  description: 'The account that the token belongs to.',
  retrieval: {
    way: 'once',
    request: () => ({ path: 'accounts' }),
    rows: (body, { path }) => embeddedRows(body, 'accounts', path),
  },
  primaryKey: 'id',
  fields: {
    id: text('Id of the account.'),
    name: text('Name of the account.'),
    slug: text('Short name, as used in web addresses.'),
  },
});
