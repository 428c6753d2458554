import { loadConfig } from '../config-file.ts';
import type { Context } from '../core/context.ts';
import { catalogStream } from './catalog.ts';
import { streams } from '../platforms/compose/streams/index.ts';
import { startLog } from './start-log.ts';

/** Prints the catalog. It is the same for everybody, so the API is not asked. */
export async function runDiscover(context: Context, configPath: string, debug: boolean): Promise<number> {
  startLog(context, 'discover', debug);
  await loadConfig(configPath, context.addSecret);
  context.writer.send({ type: 'CATALOG', catalog: { streams: streams.map(catalogStream) } });
  return 0;
}
