import type { Context } from '../core/context.ts';
import { asConnectorError } from '../core/errors.ts';
import { isRow } from '../core/stream.ts';
import { STREAMS } from '../streams.ts';
import { catalogEntry } from './catalog.ts';
import { readSettings } from './settings.ts';

const DEFAULT_PLATFORM = 'compose';

/**
 * Prints the catalog. Nothing is asked of the API, and of the config only the platform: Meltano comes with one that is not
 * finished, or has none yet.
 */
export async function runDiscover(context: Context, configs: readonly string[], debug: boolean): Promise<number> {
  const platform = await platformIn(context, configs, debug);
  const streams = (STREAMS[platform] ?? []).map(catalogEntry);
  context.writer.line(`${JSON.stringify({ streams }, null, 2)}\n`);
  return 0;
}

async function platformIn(context: Context, configs: readonly string[], debug: boolean): Promise<string> {
  try {
    const { settings } = await readSettings(configs, context.env);
    const { platform } = settings;
    const name = isRow(platform) ? platform['name'] : undefined;
    return typeof name === 'string' && Object.hasOwn(STREAMS, name) ? name : DEFAULT_PLATFORM;
  } catch (thrown) {
    // Loaded only if there is something to say.
    const { TapLog } = await import('./log.ts');
    const text = `${asConnectorError(thrown).message} The catalog is that of ${DEFAULT_PLATFORM}.`;
    new TapLog(context, debug).write('warn', text);
    return DEFAULT_PLATFORM;
  }
}
