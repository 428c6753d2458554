import { unexpectedBody } from '../../../core/failure/errors.ts';
import { text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import type { Row } from '../../../core/record/row.ts';
import type { Accounts } from '../account/accounts.ts';
import { NO_ACCOUNT_ID, catalogList } from '../account/catalog.ts';
import { listIn } from '../api/envelope.ts';
import { textOf } from '../api/values.ts';

const PATH = 'regions';

/** `GET /regions` (icd-api.md 2.3.1): a list of names. Records have the same fields as on Compose. */
export const datacenters = streamsOf<Accounts>()({
  name: 'datacenters',
  description: 'The regions where databases can be provisioned.',
  retrieval: catalogList('datacenters', PATH, (body) => listIn(body, PATH, PATH).map(rowOf)),
  primaryKey: 'slug',
  dropped: [],
  fields: {
    slug: text('Provider and region, such as ibm:us-south.'),
    account_id: NO_ACCOUNT_ID,
    provider: text('Always ibm.'),
    region: text('Name of the region, such as us-south.'),
  },
});

function rowOf(name: unknown, i: number): Row {
  const region = textOf(name);
  if (region === undefined) throw unexpectedBody(PATH, `region ${i + 1} has no name`);
  return { slug: `ibm:${region}`, provider: 'ibm', region };
}
