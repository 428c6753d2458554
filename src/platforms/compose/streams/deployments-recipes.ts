import { unexpectedBody } from '../../../core/failure/errors.ts';
import { integer, text, timestamp } from '../../../core/stream/fields.ts';
import { type Row, isRow } from '../../../core/record/row.ts';
import { embeddedList, flatten } from '../envelope.ts';
import { composeStream, perDeployment } from '../stream.ts';

/**
 * `GET /deployments/{id}/recipes` (compose-api.md 9.11): all jobs ever run, with nested steps. Each step becomes a separate record. The API
 * may also list steps at the top level, so a repeated id adds no record.
 */
export const deploymentsRecipes = composeStream({
  name: 'deployments_recipes',
  description: 'Jobs of each deployment, and their steps as separate records.',
  retrieval: {
    ...perDeployment('recipes'),
    rows(body, path) {
      const { rows, ...rest } = embeddedList(body, 'recipes', path);
      return { rows: unnested(rows, path), ...rest };
    },
    cursorField: 'updated_at',
  },
  primaryKey: 'id',
  startDateField: 'updated_at',
  fields: {
    id: text('ID of the recipe.'),
    name: text('Display name of the recipe.'),
    template: text("Name of the recipe's program."),
    status: text('Status, such as running, waiting, complete or failed.'),
    status_detail: text('Description of the status.'),
    account_id: text('ID of the account.'),
    deployment_id: text('ID of the deployment.'),
    parent_id: text('ID of the parent recipe. Null for top-level recipes.'),
    created_at: timestamp('Creation time.'),
    updated_at: timestamp('Time of the last update.'),
    operations_complete: integer('Number of completed operations.'),
    operations_total: integer('Total number of operations.'),
    source: text('Source of the recipe, such as customer_api.'),
    source_user: text('ID of the user who started the recipe.'),
    source_reason: text('Reason for starting the recipe.'),
    source_ip: text('Source IP address of the request that started the recipe.'),
  },
});

/** Flattens recipes and their steps into one list, parents first. The function is iterative, because steps may be nested to any depth. */
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
    const steps = stepsOf(recipe, path);
    for (const step of steps.toReversed()) stack.push({ recipe: step, parentId: recipe['id'] });
    const known = recipe['id'] == null ? undefined : byId.get(recipe['id']);
    if (known === undefined) {
      byId.set(recipe['id'], recipe);
      flat.push(flatten(recipe));
    }
    // If a step has no parent_id, only the nesting shows its parent.
    (known ?? recipe)['parent_id'] ??= parentId;
  }
  return flat;
}

/** Removes a recipe's steps and returns them. The steps are in `_embedded` in examples, but in `recipes` in old docs. */
function stepsOf(row: Row, path: string): unknown[] {
  const embedded = isRow(row['_embedded']) ? row['_embedded'] : undefined;
  const steps = embedded?.['recipes'] ?? row['recipes'] ?? [];
  row['_embedded'] = undefined;
  row['recipes'] = undefined;
  if (!Array.isArray(steps)) throw unexpectedBody(path, `the steps of recipe ${String(row['id'])} are not a list`);
  return [...(steps as unknown[])];
}
