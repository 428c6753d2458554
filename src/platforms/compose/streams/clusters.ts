import type { ComposeShared } from '../shared.ts';
import { embeddedRows } from '../envelope.ts';
import { boolean, listOfTexts, text, timestamp } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /clusters` (compose-api.md 9.4). Clients disagree on `multitenant`: boolean, or the text of one. */
export const clusters = streamsOf<ComposeShared>()({
  name: 'clusters',
  description: 'The clusters that deployments run on.',
  retrieval: {
    way: 'once',
    request: () => ({ path: 'clusters' }),
    rows: (body, { path }) => embeddedRows(body, 'clusters', path),
  },
  primaryKey: 'id',
  fields: {
    id: text('Id of the cluster.'),
    account_id: text('Id of the account that owns it.'),
    name: text('Name of the cluster.'),
    type: text('Kind of cluster.'),
    provider: text('Cloud provider, such as aws.'),
    region: text("The provider's region."),
    multitenant: boolean('Whether accounts share it.'),
    account_slug: text('Short name of the account that owns it.'),
    created_at: timestamp('When it was made.'),
    subdomain: text('Part of its host names.'),
    tags: listOfTexts('Tags that steer where deployments are placed.'),
  },
});
