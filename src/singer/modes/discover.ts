import type { Context } from '../../program/context.ts';
import { inputError } from '../../core/failure/errors.ts';
import { isRow } from '../../core/record/row.ts';
import { isOffered, omission } from '../../core/stream/stream.ts';
import { STREAMS } from '../../streams.ts';
import { catalogEntry } from '../protocol/catalog.ts';
import { readSettings } from '../protocol/settings.ts';

/** Prints the catalog of the config's platform. Meltano's config may be unfinished, so nothing else in it is checked. */
export async function runDiscover(context: Context, configs: readonly string[]): Promise<number> {
  const { settings } = await readSettings(configs, context.env);
  const platform = isRow(settings['platform']) ? settings['platform'] : {};
  // Without a platform, the config is Compose's flat form.
  const name = platform['name'] ?? (settings['api_token'] === undefined ? undefined : 'compose');
  const streams = typeof name === 'string' && Object.hasOwn(STREAMS, name) ? STREAMS[name] : undefined;
  if (streams === undefined) {
    throw inputError(
      'The config names no known platform, and the catalog depends on it. Set platform.name to ibm_cloud or compose.',
    );
  }
  const available = streams.filter((stream) => isOffered(stream, platform));
  // Only for a person: Meltano discovers before every sync, and would log the omissions each time.
  for (const stream of streams) if (!available.includes(stream)) context.terminal?.write(`${omission(stream)}\n`);
  context.writer.line(`${JSON.stringify({ streams: available.map(catalogEntry) }, null, 2)}\n`);
  return 0;
}
