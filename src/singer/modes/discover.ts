import type { Context } from '../../program/context.ts';
import { asConnectorError } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { isOffered, omission } from '../../core/stream/stream.ts';
import { STREAMS } from '../../streams.ts';
import { catalogEntry } from '../protocol/catalog.ts';
import { readSettings } from '../protocol/settings.ts';

const DEFAULT_PLATFORM = 'compose';
const USUAL = { name: DEFAULT_PLATFORM, settings: {} };

/**
 * Prints the catalog. Nothing is asked of the API, and of the config only what it says of the platform: Meltano comes with one that is not
 * finished, or has none yet.
 */
export async function runDiscover(context: Context, configs: readonly string[], debug: boolean): Promise<number> {
  const { name, settings } = await platformIn(context, configs, debug);
  const all = STREAMS[name] ?? [];
  const streams = all.filter((stream) => isOffered(stream, settings)).map(catalogEntry);
  // Only to a person: Meltano discovers before every run, and would log it each time.
  for (const stream of all) if (!isOffered(stream, settings)) context.terminal?.write(`${omission(stream)}\n`);
  context.writer.line(`${JSON.stringify({ streams }, null, 2)}\n`);
  return 0;
}

/** What the config says of the platform, or else that it is the usual one. */
async function platformIn(
  context: Context,
  configs: readonly string[],
  debug: boolean,
): Promise<{ name: string; settings: Row }> {
  try {
    const { settings } = await readSettings(configs, context.env);
    const { platform } = settings;
    const name = isRow(platform) ? platform['name'] : undefined;
    if (name === undefined || name === null) return USUAL;
    if (typeof name === 'string' && Object.hasOwn(STREAMS, name)) {
      return { name, settings: isRow(platform) ? platform : {} };
    }
    await warnOfDefault(context, debug, 'The config names a platform that this release does not have.');
  } catch (thrown) {
    await warnOfDefault(context, debug, asConnectorError(thrown).message);
  }
  return USUAL;
}

async function warnOfDefault(context: Context, debug: boolean, why: string): Promise<void> {
  // Loaded only if there is something to say.
  const { TapLog } = await import('../protocol/log.ts');
  new TapLog(context, debug).write('warn', `${why} The catalog is that of ${DEFAULT_PLATFORM}.`);
}
