import { text } from '../../../core/stream/fields.ts';
import { composeStream, wholeList } from '../stream.ts';

/** `GET /accounts` (compose-api.md 9.1): a list with a single account. */
export const accounts = composeStream({
  name: 'accounts',
  description: 'The account that the token belongs to.',
  retrieval: wholeList('accounts'),
  primaryKey: 'id',
  fields: {
    id: text('ID of the account.'),
    name: text('Name of the account.'),
    slug: text('Short name of the account, as used in URLs.'),
  },
});
