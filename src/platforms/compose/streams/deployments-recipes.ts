import type { ComposeShared } from '../shared.ts';
import { eachDeployment, ofDeployment } from '../deployment-list.ts';
import { unexpectedBody } from '../../../core/failure/errors.ts';
import { embeddedList, flatten } from '../envelope.ts';
import { integer, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { streamsOf } from '../../../core/stream/stream.ts';

/**
 * `GET /deployments/{id}/recipes` (compose-api.md 9.11): every job ever run, each with its steps nested in it. Steps
 * become rows of their own. Whether the API lists them at the top as well is unknown, so each id is taken once.
 */
export const deploymentsRecipes = streamsOf<ComposeShared>()({
  name: 'deployments_recipes',
  description: 'Jobs that were run on each deployment, and their steps, each a record of its own.',
  retrieval: {
    way: 'partition',
    partitions: eachDeployment,
    request: (partition) => ofDeployment(partition, 'recipes'),
    rows(body, { path }) {
      const { rows, ...rest } = embeddedList(body, 'recipes', path);
      return { rows: unnested(rows, path), ...rest };
    },
    incremental: { cursorField: 'updated_at' },
  },
  primaryKey: 'id',
  startDateField: 'updated_at',
  fields: {
    id: text('Id of the recipe.'),
    name: text('What it does, for people.'),
    template: text("Name of the recipe's program."),
    status: text('State, such as running, waiting, complete or failed.'),
    status_detail: text('State in a sentence.'),
    account_id: text('Id of the account.'),
    deployment_id: text('Id of the deployment.'),
    parent_id: text('Id of the recipe that this one is a step of; none at the top.'),
    created_at: timestamp('When it was made.'),
    updated_at: timestamp('When it last changed.'),
    operations_complete: integer('Operations that are done.'),
    operations_total: integer('Operations in all.'),
    source: text('Where it came from, such as customer_api.'),
    source_user: text('Id of the user who began it.'),
    source_reason: text('Why it was begun.'),
    source_ip: text('IP address that it was begun from.'),
  },
});

/** Recipes and steps at any depth in one list, parents before their steps. Not recursive: depth is the API's choice. */
function unnested(recipes: unknown[], path: string): unknown[] {
  const flat: unknown[] = [];
  const byId = new Map<unknown, Row>();
  const stack = recipes.map((recipe) => ({ recipe, parentId: null as unknown })).toReversed();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { recipe, parentId } = next;
    if (!isRow(recipe)) {
      flat.push(recipe);
      continue;
    }
    const row = recipe;
    const steps = stepsOf(row, path);
    for (const step of steps.toReversed()) stack.push({ recipe: step, parentId: row['id'] });
    const known = row['id'] == null ? undefined : byId.get(row['id']);
    if (known === undefined) {
      byId.set(row['id'], row);
      flat.push(flatten(row));
    }
    // Only the nesting tells whose step it is where the row itself does not say so.
    (known ?? row)['parent_id'] ??= parentId;
  }
  return flat;
}

/** Takes the steps out of a recipe: from `_embedded` as examples have it, or from `recipes` as the docs once said. */
function stepsOf(row: Row, path: string): unknown[] {
  const embedded = isRow(row['_embedded']) ? row['_embedded'] : undefined;
  const steps = embedded?.['recipes'] ?? row['recipes'] ?? [];
  row['_embedded'] = undefined;
  row['recipes'] = undefined;
  if (!Array.isArray(steps))
    throw unexpectedBody(path, `the steps of recipe ${typeof row['id'] === 'string' ? row['id'] : ''} are no list`);
  return [...(steps as unknown[])];
}
