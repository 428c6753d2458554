import { halObject } from '../envelope.ts';
import { listOfObjects, listOfTexts, object, text, timestamp } from '../../../core/stream/fields.ts';
import type { ComposeShared } from '../shared.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/**
 * `GET /deployments` (compose-api.md 9.7), and `GET /deployments/{id}` (10.1) for the connection strings. Rows of the
 * list may lack much of what a single deployment has.
 */
export const deployments = streamsOf<ComposeShared>()({
  name: 'deployments',
  description: 'The database deployments that the token may see.',
  retrieval: {
    way: 'shared',
    path: 'deployments',
    load: async ({ deployments: list }) => ({ rows: (await list.load()).rows, requests: 1 }),
    detail: {
      isWanted: ({ includeConnectionStrings }) => includeConnectionStrings,
      request: ({ id }) => ({ path: `deployments/${encodeURIComponent(String(id))}` }),
      fields: ['connection_strings', 'ca_certificate_base64'],
      values: (body, { path }) => halObject(body, path),
      label: ({ id }) => `deployment ${String(id)}`,
      without: ([one, ...others]) =>
        others.length === 0
          ? `deployment ${String(one?.['id'])} comes without its connection strings`
          : `all ${others.length + 1} deployments come without their connection strings`,
    },
  },
  primaryKey: 'id',
  fields: {
    id: text('Id of the deployment.'),
    account_id: text('Id of the account that owns it.'),
    name: text('Name of the deployment.'),
    type: text('Type of database, as in databases.'),
    created_at: timestamp('When it was made.'),
    notes: text('Notes of its users.'),
    customer_billing_code: text('Code that its users gave it for their own billing.'),
    cluster_id: text('Id of the cluster that it runs on.'),
    version: text('Version of the database.'),
    provision_recipe_id: text('Id of the recipe that made it.'),
    ca_certificate_base64: text('CA certificate for connections; only with include_connection_strings.'),
    connection_strings: object(
      'How to connect, admin passwords included; only with include_connection_strings.',
      Object.fromEntries([
        ...['direct', 'cli', 'ssh', 'health', 'admin', 'ssh_admin'].map((key) => [key, listOfTexts(`For ${key}.`)]),
        ['maps', listOfObjects('Address translation, for Scylla.', {})],
        ['misc', object('Whatever else there is.')],
      ]),
    ),
  },
});
