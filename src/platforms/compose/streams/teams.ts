import { listOfObjects, text } from '../../../core/stream/fields.ts';
import { composeStream, wholeList } from '../stream.ts';

/** `GET /teams` (compose-api.md 9.16). */
export const teams = composeStream({
  name: 'teams',
  description: 'The teams of the account, with their users.',
  retrieval: wholeList('teams'),
  primaryKey: 'id',
  fields: {
    id: text('ID of the team.'),
    name: text('Name of the team.'),
    users: listOfObjects('Users in the team.', { id: text('ID of the user.'), name: text('Name of the user.') }),
  },
});
