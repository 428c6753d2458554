import { text } from '../../../core/stream/fields.ts';
import { composeStream, wholeList } from '../stream.ts';

/** `GET /datacenters` (compose-api.md 9.6). */
export const datacenters = composeStream({
  name: 'datacenters',
  description: 'The data centers where deployments can be created.',
  retrieval: wholeList('datacenters'),
  primaryKey: 'slug',
  fields: {
    slug: text('Provider and region, such as aws:us-east-1.'),
    provider: text('Cloud provider.'),
    region: text("The provider's region."),
  },
});
