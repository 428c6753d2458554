import pino from 'pino';
import type { LogLevel } from './messages.ts';
import type { MessageWriter } from '../core/line-writer.ts';

/** The levels that a caller uses; each takes one sentence. */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** A pino logger whose lines come out as LOG messages. `level` is pino's name of the lowest level shown. */
export function createLog(writer: MessageWriter, level: string): Log {
  const destination = {
    write(line: string): void {
      const {
        level: label,
        message,
        err,
      } = JSON.parse(line) as { level: LogLevel; message: string; err?: { stack?: string } | null };
      const log = { level: label, message };
      writer.send({ type: 'LOG', log: err?.stack === undefined ? log : { ...log, stack_trace: err.stack } });
    },
  };
  return pino(
    {
      level: Object.hasOwn(pino.levels.values, level) ? level : 'info',
      base: null,
      timestamp: false,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    },
    destination,
  );
}
