import { unexpectedBody } from '../../../core/failure/errors.ts';
import { text } from '../../../core/stream/fields.ts';
import type { Row } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';
import { listIn } from '../api/envelope.ts';
import type { IbmCloudShared } from '../shared.ts';

const PATH = 'regions';

/** `GET /regions` (icd-api.md 2.3.1): names and no more, of which rows are made in the form of Compose's. */
export const datacenters = streamsOf<IbmCloudShared>()({
  name: 'datacenters',
  description: 'The regions in which a database can be made.',
  retrieval: {
    way: 'shared',
    path: PATH,
    load: ({ catalogue }) => catalogue(PATH, 'datacenters', (body) => rowsOf(body, PATH)),
  },
  primaryKey: 'slug',
  dropped: [],
  fields: {
    slug: text('Key made for this stream: ibm:region.'),
    provider: text('ibm'),
    region: text('Name of the region, such as us-south.'),
  },
});

function rowsOf(body: unknown, path: string): Row[] {
  return listIn(body, PATH, path).map((region, i) => {
    if (typeof region === 'string' && region !== '') return { slug: `ibm:${region}`, provider: 'ibm', region };
    throw unexpectedBody(path, `region ${i + 1} has no name`);
  });
}
