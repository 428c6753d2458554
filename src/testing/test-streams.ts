import { embeddedList } from '../http/hal.ts';
import { integer, object, text, timestamp } from '../sync/fields.ts';
import { defineStream } from '../sync/stream.ts';

// Streams of every way of reading, with no more to them than that.

/** One request, one list. */
export const parts = defineStream({
  name: 'parts',
  description: 'Parts.',
  reading: { kind: 'list', path: 'parts' },
  rows: (body, path) => embeddedList(body, 'parts', path),
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: { id: text('Id.'), units: integer('Units.'), created_at: timestamp('When it was made.') },
});

/** Newest first, in pages. */
export const events = defineStream({
  name: 'events',
  description: 'Events.',
  reading: { kind: 'newest_first', path: 'events', itemPath: (id) => `events/${id}` },
  rows: (body, path) => embeddedList(body, 'events', path),
  primaryKey: 'id',
  cursorField: 'created_at',
  startDateField: 'created_at',
  fields: { id: text('Id.'), created_at: timestamp('When it happened.') },
});

/** The list of deployments, with secret details. */
export const deployments = defineStream({
  name: 'deployments',
  description: 'Deployments.',
  reading: {
    kind: 'deployment_list',
    path: 'deployments',
    details: {
      path: (id) => `deployments/${id}`,
      fields: ['strings'],
      secrets: (details) => [String(details['secret'])],
    },
  },
  rows: (body, path) => embeddedList(body, 'deployments', path),
  primaryKey: 'id',
  fields: { id: text('Id.'), name: text('Name.'), strings: object('Connection strings.') },
});

/** One request per deployment. */
export const backups = defineStream({
  name: 'backups',
  description: 'Backups.',
  reading: { kind: 'per_deployment', path: (id) => `deployments/${id}/backups` },
  rows: (body, path) => embeddedList(body, 'backups', path),
  primaryKey: 'id',
  startDateField: 'created_at',
  fields: { id: text('Id.'), deployment_id: text('Its deployment.'), created_at: timestamp('When it was made.') },
});

/** The same by marks. */
export const recipes = defineStream({
  name: 'recipes',
  description: 'Recipes.',
  reading: { kind: 'per_deployment', path: (id) => `deployments/${id}/recipes` },
  rows: (body, path) => embeddedList(body, 'recipes', path),
  primaryKey: 'id',
  cursorField: 'updated_at',
  startDateField: 'updated_at',
  fields: { id: text('Id.'), deployment_id: text('Its deployment.'), updated_at: timestamp('When it changed.') },
});

/** The same for a report that an API may not have at all. */
export const addons = defineStream({
  name: 'addons',
  description: 'Add-ons.',
  reading: { kind: 'per_deployment', path: (id) => `deployments/${id}/addons`, absentEverywhere: 'empty' },
  rows: (body, path) => embeddedList(body, 'addons', path),
  fields: { deployment_id: text('Its deployment.'), name: text('Name.') },
});

/** The body of a list. */
export function listBody(name: string, rows: unknown[]): unknown {
  return { _embedded: { [name]: rows } };
}
