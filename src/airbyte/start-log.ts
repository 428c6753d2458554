import type { Context } from '../core/context.ts';
import { type Log, createLog } from './log.ts';
import { VERSION } from '../core/version.ts';

/** The log of a command; its first line says which release runs. */
export function startLog({ writer, env }: Context, command: string, debug: boolean): Log {
  const log = createLog(writer, debug ? 'debug' : (env['LOG_LEVEL'] ?? 'info').toLowerCase());
  log.info(`source-compose ${VERSION}: ${command}`);
  return log;
}
