import { readFileSync } from 'node:fs';
import pino from 'pino';
import type { Context } from '../../program/context.ts';
import type { Level } from '../../core/output/output.ts';
import { asOneLine } from '../../stdout/line-encoding.ts';
import type { FailureType } from '../../core/failure/problems.ts';

/** What a line may say beside its text. */
export interface LogDetails {
  stream?: string | undefined;
  stack?: string | undefined;
  failureType?: FailureType | undefined;
  metric?: Metric;
}

/** A count as Meltano takes it. */
interface Metric {
  type: 'counter';
  metric: 'record_count';
  value: number;
  tags: { stream: string };
}

/** What Meltano parses of a line beside level and message, if the user asked for that; each of the keys has to be there. */
interface StructuredDetails {
  stream_name: string | null;
  /** Only keys that mean nothing to Python's logging: `event`, `level`, `self` or `method_name` would end Meltano's run. */
  extra: { failure_type?: FailureType; stack?: string };
  metric_info?: Metric;
}

const NAME = 'tap-compose';
/** Python's names of pino's levels. */
const LEVELS: Readonly<Record<string, string>> = { warn: 'warning', fatal: 'critical' };

type LogContext = Pick<Context, 'stderr' | 'env'>;

/** The log on stderr: `LEVEL text`, or lines of JSON if the file that Meltano names asks for them. */
export class TapLog {
  readonly #log: pino.Logger;
  readonly #stderr: (text: string) => void;
  readonly #isStructured: boolean;

  constructor({ stderr, env }: LogContext, debug: boolean) {
    const { isStructured, level } = negotiated(env['SINGER_SDK_LOG_CONFIG']);
    this.#stderr = stderr;
    this.#isStructured = isStructured;
    this.#log = pino(
      {
        level: debug ? 'debug' : (wantedLevel(env) ?? level ?? 'info'),
        base: { logger_name: NAME, app_name: NAME, pid: process.pid, thread_name: null },
        // Seconds.
        timestamp: () => `,"ts":${Date.now() / 1_000}`,
        messageKey: 'message',
        formatters: { level: (label) => ({ level: LEVELS[label] ?? label }) },
      },
      { write: stderr },
    );
  }

  write(level: Level, text: string, { stream, stack, failureType, metric }: LogDetails = {}): void {
    if (!this.#log.isLevelEnabled(level)) return;
    if (!this.#isStructured) {
      const line = metric === undefined ? text : `${text}: ${JSON.stringify(metric)}`;
      this.#stderr(plain(LEVELS[level] ?? level, line, stack));
      return;
    }
    const details: StructuredDetails = { stream_name: stream ?? null, extra: {} };
    if (failureType !== undefined) details.extra.failure_type = failureType;
    if (stack !== undefined) details.extra.stack = stack;
    if (metric !== undefined) details.metric_info = metric;
    this.#log[level](details, text);
  }
}

function plain(level: string, text: string, stack = ''): string {
  const calls = stack.split('\n').filter((call) => call !== '');
  return [`${level.toUpperCase()} ${asOneLine(text)}`, ...calls.map(asOneLine), ''].join('\n');
}

/**
 * What the file says that Meltano names: it asks for structured lines by the formatter that Python is to use, and has the
 * user's level. Without it, or if it cannot be read, lines are plain.
 */
function negotiated(path: string | undefined): { isStructured: boolean; level: pino.Level | undefined } {
  if (path === undefined || path === '') return { isStructured: false, level: undefined };
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
    const { root } = JSON.parse(text) as { root?: { level?: unknown } };
    return { isStructured: text.includes(STRUCTURED), level: levelOf(root?.level) };
  } catch {
    // It may be YAML, too.
    return { isStructured: text.includes(STRUCTURED), level: undefined };
  }
}

const STRUCTURED = 'StructuredFormatter';

/** The level that the environment asks for: by the SDK's names, or by this program's. */
function wantedLevel(env: LogContext['env']): pino.Level | undefined {
  const names = ['TAP_COMPOSE_LOGLEVEL', 'LOGLEVEL', 'LOG_LEVEL'];
  return names.map((name) => levelOf(env[name])).find((level) => level !== undefined);
}

/** The level of this name, in Python's or in pino's spelling. */
function levelOf(name: unknown): pino.Level | undefined {
  if (typeof name !== 'string') return undefined;
  const wanted = name.toLowerCase();
  const level = Object.keys(LEVELS).find((key) => LEVELS[key] === wanted) ?? wanted;
  return Object.hasOwn(pino.levels.values, level) ? (level as pino.Level) : undefined;
}
