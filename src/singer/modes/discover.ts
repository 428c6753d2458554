import type { Context } from '../../program/context.ts';
import { asConnectorError } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { isOffered, omission } from '../../core/stream/stream.ts';
import { STREAMS } from '../../streams.ts';
import { catalogEntry } from '../protocol/catalog.ts';
import { readSettings } from '../protocol/settings.ts';

/**
 * Prints the catalog of the platform in the config. Clients may run a discovery with a missing or incomplete config, so no other option
 * is validated. If the config doesn't specify a valid platform, prints the catalog of Compose.
 */
export async function runDiscover(context: Context, configs: readonly string[]): Promise<number> {
  let config: Row = {};
  let problem = 'The config does not specify a platform.';
  try {
    config = (await readSettings(configs, context.env)).settings;
  } catch (thrown) {
    problem = asConnectorError(thrown).message;
  }
  const platform = isRow(config['platform']) ? config['platform'] : {};
  // A config without a platform may be a flat Compose config.
  const name = platform['name'] ?? (config['api_token'] === undefined ? undefined : 'compose');
  let streams = typeof name === 'string' && Object.hasOwn(STREAMS, name) ? STREAMS[name] : undefined;
  if (streams === undefined) {
    if (name !== undefined) problem = 'The config specifies an unknown platform.';
    streams = STREAMS['compose'] ?? [];
    // The log is loaded only if there is something to report.
    const { TapLog } = await import('../protocol/log.ts');
    const advice =
      'This catalog lists the streams of Compose. For IBM Cloud Databases, set platform.name to ibm_cloud.';
    new TapLog(context).log('warn', `${problem} ${advice}`);
  }
  const available = streams.filter((stream) => isOffered(stream, platform));
  // Omitted streams are reported only on a terminal, because Meltano runs a discovery before every sync and would log them each time.
  for (const stream of streams) if (!available.includes(stream)) context.terminal?.write(`${omission(stream)}\n`);
  context.writer.line(`${JSON.stringify({ streams: available.map(catalogEntry) }, null, 2)}\n`);
  return 0;
}
