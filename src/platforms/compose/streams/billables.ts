import type { ComposeShared } from '../shared.ts';
import { embeddedRows } from '../envelope.ts';
import { number, text, timestamp } from '../../../core/stream/fields.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/** `GET /billables` (compose-api.md 9.3). No client's code for it is known, so its numbers are read leniently. */
export const billables = streamsOf<ComposeShared>()({
  name: 'billables',
  description: 'What the account is billed for. A vendor report: it may not be open to every token.',
  retrieval: {
    way: 'once',
    request: () => ({ path: 'billables' }),
    rows: (body, { path }) => embeddedRows(body, 'billables', path),
  },
  primaryKey: 'id',
  fields: {
    id: text('Id of the billable item.'),
    account_id: text('Id of the account that is billed.'),
    amount: number('Amount; the API does not document its unit.'),
    start_at: timestamp('Start of billing.'),
    end_at: timestamp('End of billing; far in the future while the item is still billed.'),
    description: text('What it is, for people.'),
    identifier: text('Unique id of the resource that is billed.'),
    resource_identifier: text('Unique id of the system that provides the resource.'),
    sku: text('Stock code of the kind of resource.'),
    units: number('Number of data or memory units.'),
    replaces_id: text('Id of the item that this one replaced after scaling.'),
  },
});
