import { number, text, timestamp } from '../../../core/stream/fields.ts';
import { composeStream, wholeList } from '../stream.ts';

/** `GET /billables` (compose-api.md 9.3). No known client reads this list. */
export const billables = composeStream({
  name: 'billables',
  description: "The account's billable items. Some tokens might not have access to them.",
  retrieval: wholeList('billables'),
  primaryKey: 'id',
  fields: {
    id: text('ID of the billable item.'),
    account_id: text('ID of the account.'),
    amount: number('Amount of the item, in an undocumented unit.'),
    start_at: timestamp('Start of billing.'),
    end_at: timestamp('End of billing. Far in the future if the item is still being billed.'),
    description: text('Description of the item.'),
    identifier: text('ID of the billed resource.'),
    resource_identifier: text('ID of the system that provides the resource.'),
    sku: text('SKU of the resource.'),
    units: number('Number of data or memory units.'),
    replaces_id: text('ID of the item that this item replaced when the deployment was scaled.'),
  },
});
