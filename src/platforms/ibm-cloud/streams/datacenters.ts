import { unexpectedBody } from '../../../core/failure/errors.ts';
import { text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { loadCatalog } from '../account/catalog.ts';
import { ibmStream } from '../account/ibm-stream.ts';
import { listIn } from '../api/envelope.ts';
import { textOf } from '../api/values.ts';

const PATH = 'regions';

/** `GET /regions` (icd-api.md 2.3.1): a list of names. Records have the same fields as on Compose. */
export const datacenters = ibmStream({
  name: 'datacenters',
  description: 'The regions where databases can be provisioned.',
  isSameForAll: true,
  retrieval: {
    way: 'shared',
    path: PATH,
    load: async (account) => {
      const names = listIn(await loadCatalog(account, PATH, 'datacenters'), PATH, PATH);
      return { rows: names.map(rowOf) };
    },
  },
  primaryKey: 'slug',
  fields: {
    slug: text('Provider and region, such as ibm:us-south.'),
    provider: text('Always ibm.'),
    region: text('Name of the region, such as us-south.'),
  },
});

function rowOf(name: unknown, i: number): Row {
  const region = textOf(name);
  if (region === undefined) throw unexpectedBody(PATH, `region ${i + 1} has no name`);
  return { slug: `ibm:${region}`, provider: 'ibm', region };
}
