import { listOfObjects, listOfTexts, object, text, timestamp } from '../../../core/stream/fields.ts';
import { halObject } from '../envelope.ts';
import { composeStream } from '../stream.ts';

/** `GET /deployments` (compose-api.md 9.7), and `GET /deployments/{id}` (10.1) for the connection strings, which the list may lack. */
export const deployments = composeStream({
  name: 'deployments',
  description: 'The database deployments that the token can view.',
  retrieval: {
    way: 'shared',
    path: 'deployments',
    load: async (shared) => ({ rows: (await shared.deployments()).rows }),
    detail: {
      isWanted: ({ config }) => config.include_connection_strings,
      request: ({ id }) => ({ path: `deployments/${encodeURIComponent(String(id))}` }),
      fields: ['connection_strings', 'ca_certificate_base64'],
      values: (body, path) => halObject(body, path),
      what: 'connection strings',
      noun: 'deployment',
    },
  },
  primaryKey: 'id',
  fields: {
    id: text('ID of the deployment.'),
    account_id: text('ID of the account that owns the deployment.'),
    name: text('Name of the deployment.'),
    type: text('Database type, as in the databases stream.'),
    created_at: timestamp('Creation time.'),
    notes: text("Users' notes."),
    customer_billing_code: text('User-defined billing code.'),
    cluster_id: text('ID of the cluster.'),
    version: text('Database version.'),
    provision_recipe_id: text('ID of the recipe that created the deployment.'),
    ca_certificate_base64: text(
      'Base64-encoded CA certificate for connections. Emitted only if include_connection_strings is on.',
    ),
    connection_strings: object(
      'Connection strings, which contain admin passwords. Emitted only if include_connection_strings is on.',
      Object.fromEntries([
        ...['direct', 'cli', 'ssh', 'health', 'admin', 'ssh_admin'].map((key) => [
          key,
          listOfTexts(`Connection strings of type ${key}.`),
        ]),
        ['maps', listOfObjects('Address translation for Scylla.', {})],
        ['misc', object('Other connection strings.')],
      ]),
    ),
  },
});
