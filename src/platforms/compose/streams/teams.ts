import type { ComposeShared } from '../shared.ts';
import { embeddedRows } from '../envelope.ts';
import { listOfObjects, text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /teams` (compose-api.md 9.16). Its users are inline. */
export const teams = streamsOf<ComposeShared>()({
  name: 'teams',
  description: 'The teams of the account, with their users.',
  retrieval: {
    way: 'once',
    request: () => ({ path: 'teams' }),
    rows: (body, { path }) => embeddedRows(body, 'teams', path),
  },
  primaryKey: 'id',
  fields: {
    id: text('Id of the team.'),
    name: text('Name of the team.'),
    users: listOfObjects('Its users.', { id: text('Id of the user.'), name: text('Name of the user.') }),
  },
});
