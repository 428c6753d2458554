import { checkConnection } from '../../connector.ts';
import type { Context } from '../../program/context.ts';
import { openTapLog } from '../protocol/log.ts';
import { loadTapConfig } from './sync.ts';

/** Tests the config and logs which streams can be read. Prints nothing on stdout. Returns 0 if the config works. */
export async function runTest(context: Context, configs: readonly string[], debug: boolean): Promise<number> {
  const log = openTapLog(context, 'test', debug);
  const config = await loadTapConfig(context, configs, log);
  context.signal.throwIfAborted();
  const problems = await checkConnection(config, context, log);
  if (problems.length === 0) log.log('info', 'the config works');
  else log.log('fatal', problems.join(' '));
  return problems.length === 0 ? 0 : 1;
}
