import { checkConnection } from '../../connector.ts';
import type { Context } from '../../program/context.ts';
import { openOutput } from '../protocol/output.ts';
import { loadTapConfig } from './sync.ts';

/** Says whether the config works, by asking the API as little as possible. Nothing goes to stdout. 0 if it does. */
export async function runTest(context: Context, configs: readonly string[], debug: boolean): Promise<number> {
  const output = openOutput(context, 'test', debug);
  const config = await loadTapConfig(context, configs, output);
  context.signal.throwIfAborted();
  const complaints = await checkConnection(config, context, output);
  if (complaints.length === 0) output.log('info', 'the config works');
  else output.log('fatal', complaints.join(' '));
  return complaints.length === 0 ? 0 : 1;
}
