import type { ComposeShared } from '../shared.ts';
import { embeddedRows } from '../envelope.ts';
import { text } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /datacenters` (compose-api.md 9.6). */
export const datacenters = streamsOf<ComposeShared>()({
  name: 'datacenters',
  description: 'The places where deployments can be made.',
  retrieval: {
    way: 'once',
    request: () => ({ path: 'datacenters' }),
    rows: (body, { path }) => embeddedRows(body, 'datacenters', path),
  },
  primaryKey: 'slug',
  fields: {
    slug: text('Provider and region with a colon in between, such as aws:us-east-1.'),
    provider: text('Cloud provider.'),
    region: text("The provider's region."),
  },
});
