import { readFileSync } from 'node:fs';
import pino from 'pino';
import type { Context } from '../../program/context.ts';
import type { Level, Log } from '../../core/output/output.ts';
import { asOneLine } from '../../stdout/line-encoding.ts';
import type { FailureType } from '../../core/failure/problems.ts';
import { VERSION } from '../../program/version.ts';

/** The optional keys of a log line. */
interface Details {
  stack?: string | undefined;
  failureType?: FailureType | undefined;
  metric?: { type: 'counter'; metric: 'record_count'; value: number; tags: { stream: string } };
}

const NAME = 'tap-compose';
/** Python's names for pino's levels, where they differ. */
const LEVELS: Readonly<Record<string, string>> = { warn: 'warning', fatal: 'critical' };

type LogContext = Pick<Context, 'stderr' | 'env'>;

/** The log on stderr. Lines have the form `LEVEL text`, unless Meltano's logging file requests JSON. */
export class TapLog implements Log {
  readonly #log: pino.Logger;
  readonly #stderr: (text: string) => void;
  readonly #isStructured: boolean;

  constructor({ stderr, env }: LogContext) {
    const config = loggingConfig(env['SINGER_SDK_LOG_CONFIG']);
    const levels = [env['TAP_COMPOSE_LOGLEVEL'], env['LOGLEVEL'], env['LOG_LEVEL'], rootLevelIn(config)];
    this.#stderr = stderr;
    this.#isStructured = config.includes('StructuredFormatter');
    this.#log = pino(
      {
        level: levels.map(pinoLevel).find((level) => level !== undefined) ?? 'info',
        base: { logger_name: NAME, app_name: NAME, pid: process.pid, thread_name: null },
        timestamp: () => `,"ts":${Date.now() / 1_000}`,
        messageKey: 'message',
        formatters: { level: (label) => ({ level: LEVELS[label] ?? label }) },
      },
      { write: stderr },
    );
  }

  log(level: Level, text: string, stack?: string): void {
    this.#write(level, text, { stack });
  }

  /** Logs the last line of a failed sync. */
  fatal(text: string, failureType: FailureType): void {
    this.#write('fatal', text, { failureType });
  }

  counted(stream: string, value: number): void {
    this.#write('info', 'METRIC', { metric: { type: 'counter', metric: 'record_count', value, tags: { stream } } });
  }

  #write(level: Level, text: string, { stack, failureType, metric }: Details): void {
    if (!this.#log.isLevelEnabled(level)) return;
    if (this.#isStructured) {
      // In `extra`, keys such as `event`, `level`, `self` or `method_name` would cause Meltano to fail.
      const extra = { failure_type: failureType, stack };
      this.#log[level]({ stream_name: metric?.tags.stream ?? null, extra, metric_info: metric }, text);
      return;
    }
    const line = metric === undefined ? text : `${text}: ${JSON.stringify(metric)}`;
    const calls = (stack ?? '').split('\n').filter((call) => call !== '');
    const label = (LEVELS[level] ?? level).toUpperCase();
    this.#stderr(`${[`${label} ${line}`, ...calls].map(asOneLine).join('\n')}\n`);
  }
}

/** Opens a log whose first line contains the tap's version. */
export function openTapLog(context: LogContext, mode: string): TapLog {
  const log = new TapLog(context);
  log.log('info', `tap-compose ${VERSION}: ${mode}`);
  return log;
}

/** The content of Meltano's logging file, which sets the log's format and level, or an empty string if there is no file. */
function loggingConfig(path = ''): string {
  try {
    return path === '' ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function rootLevelIn(config: string): unknown {
  try {
    return (JSON.parse(config) as { root?: { level?: unknown } }).root?.level;
  } catch {
    // The file may be YAML instead of JSON.
    return undefined;
  }
}

/** The pino level with this name, which may also be Python's name for the level. */
function pinoLevel(name: unknown): pino.Level | undefined {
  const wanted = String(name).toLowerCase();
  const level = Object.keys(LEVELS).find((key) => LEVELS[key] === wanted) ?? wanted;
  return Object.hasOwn(pino.levels.values, level) ? (level as pino.Level) : undefined;
}
