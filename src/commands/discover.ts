import { loadConfig } from '../config-file.ts';
import type { Context } from '../context.ts';
import { catalogStream } from '../sync/catalog-stream.ts';
import { streams } from '../streams/index.ts';
import { startLog } from './start-log.ts';

/** Prints the catalog. It is the same for everybody, so the API is not asked. */
export async function runDiscover(context: Context, configPath: string, debug: boolean): Promise<number> {
  startLog(context, 'discover', debug);
  await loadConfig(configPath, context.addSecret);
  context.writer.send({ type: 'CATALOG', catalog: { streams: streams.map(catalogStream) } });
  return 0;
}
