import { boolean, listOfTexts, text, timestamp } from '../../../core/stream/fields.ts';
import { composeStream, wholeList } from '../stream.ts';

/** `GET /clusters` (compose-api.md 9.4). */
export const clusters = composeStream({
  name: 'clusters',
  description: 'The clusters that deployments run on.',
  retrieval: wholeList('clusters'),
  primaryKey: 'id',
  fields: {
    id: text('ID of the cluster.'),
    account_id: text('ID of the account that owns the cluster.'),
    name: text('Name of the cluster.'),
    type: text('Type of the cluster.'),
    provider: text('Cloud provider, such as aws.'),
    region: text("The provider's region."),
    multitenant: boolean('Whether several accounts share the cluster.'),
    account_slug: text('Short name of the account that owns the cluster.'),
    created_at: timestamp('Creation time.'),
    subdomain: text("Subdomain of the cluster's host names."),
    tags: listOfTexts('Tags used to place deployments on the cluster.'),
  },
});
