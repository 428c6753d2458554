import { loadConfig } from '../../config.ts';
import { checkConnection } from '../../connector.ts';
import type { Context } from '../../program/context.ts';
import { asConnectorError } from '../../core/failure/errors.ts';
import { type AirbyteOutput, openAirbyteOutput } from '../protocol/output.ts';

/**
 * Tests the config and logs which streams can be read. If the config doesn't work, the status is FAILED, but the exit code is still 0,
 * because the check itself ran. Throws unexpected errors, and transient errors during an outage.
 */
export async function runCheck(context: Context, configPath: string): Promise<number> {
  const output = openAirbyteOutput(context, 'check');
  try {
    const config = await loadConfig(configPath, (sentence) => output.tell('warn', sentence));
    context.signal.throwIfAborted();
    const problems = await checkConnection(config, context, output);
    sendStatus(context, output, problems.length === 0 ? undefined : problems.join(' '));
  } catch (thrown) {
    context.signal.throwIfAborted();
    const error = asConnectorError(thrown);
    const outage = error.failureType === 'transient_error' && !error.is('unreachable');
    if (outage || error.problem === 'unexpected') throw thrown;
    if (error.internalMessage !== undefined) output.log('info', error.internalMessage);
    sendStatus(context, output, error.message);
  }
  return 0;
}

function sendStatus({ terminal }: Context, output: AirbyteOutput, message: string | undefined): void {
  const status = message === undefined ? 'SUCCEEDED' : 'FAILED';
  output.send({ type: 'CONNECTION_STATUS', connectionStatus: { status, message } });
  terminal?.write(message === undefined ? 'SUCCEEDED\n' : `FAILED: ${message}\n`);
}
