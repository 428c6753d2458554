import { isDeepStrictEqual } from 'node:util';
import type { ConfiguredCatalog } from './catalog-schema.ts';
import type { CheckContext } from './check.ts';
import type { IncrementalTest } from './config.ts';
import { discoveredWith } from './discovery.ts';
import { fieldValue } from './field-value.ts';
import { recordsOf, statesOf } from './read-result.ts';
import { isObject } from './schema-nodes.ts';

/** Check 51: a state from the year 9999 brings no record, and is sent back as it came. */
export async function futureState(
  context: CheckContext,
  test: IncrementalTest,
  catalog: ConfiguredCatalog,
): Promise<string[]> {
  if (!('future_state_path' in test.future_state)) return [];
  const config = await context.file(test.config_path);
  const state = await context.file(test.future_state.future_state_path);
  const given = (Array.isArray(state) ? state : [state]).filter(isObject);
  const run = await context.run('read', { config, catalog, state });
  const discovered = await discoveredWith(context, test.config_path);
  return catalog.streams.flatMap(({ stream: { name } }) => {
    const cursor = discovered.streams.find((stream) => stream.name === name)?.default_cursor_field ?? [];
    // A row without a cursor value cannot be placed before or after the state, so by design it always comes.
    const dated = recordsOf(run, name).filter(({ data }) => (fieldValue(data, cursor) ?? null) !== null);
    const found = dated.length > 0 ? [`${name}: ${dated.length} records come in spite of the future.`] : [];
    const own = given.find((message) => fieldValue(message, ['stream', 'stream_descriptor', 'name']) === name);
    if (!own) return [...found, `${name}: the state file says nothing about it.`];
    const last = statesOf(run, name).at(-1);
    if (!last) return [...found, `${name}: no STATE comes.`];
    const isKept = isDeepStrictEqual(last.stream.stream_state, fieldValue(own, ['stream', 'stream_state']));
    return isKept ? found : [...found, `${name}: the state from the future is not kept.`];
  });
}
