import { describe, expect, test } from 'vitest';
import { inputFile, openTap } from '../../../test-support/unit/singer.ts';
import { TapLog } from './log.ts';
import { addCredential } from '../../text/credentials.ts';

/** The logging files that Meltano writes, first for a tap that declares structured logging and then for other taps. */
const structured = (level: string): object => ({
  version: 1,
  formatters: { default: { '()': 'singer_sdk.logging.StructuredFormatter' } },
  root: { level, handlers: ['default'] },
});
const plainFormat = (level: string): object => ({
  version: 1,
  formatters: { default: { format: '%(message)s' } },
  root: { level },
});

interface Line {
  level: string;
  message: string;
  extra: object;
  [key: string]: unknown;
}

describe('plain log lines', () => {
  test("begin with Python's name of the level", () => {
    const tap = openTap({ LOG_LEVEL: 'debug' });
    const log = new TapLog(tap.context);
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) log.log(level, `a ${level} text`);
    log.log('fatal', 'a bug', 'Error: a bug\n    at nowhere');
    log.counted('teams', 3);
    expect(tap.log()).toEqual([
      'DEBUG a debug text',
      'INFO a info text',
      'WARNING a warn text',
      'ERROR a error text',
      'CRITICAL a fatal text',
      'CRITICAL a bug',
      'Error: a bug',
      '    at nowhere',
      'INFO METRIC: {"type":"counter","metric":"record_count","value":3,"tags":{"stream":"teams"}}',
    ]);
    expect(tap.stdout()).toBe('');
  });
});

test('a plain log line contains no line breaks, even if a name contains them', () => {
  const tap = openTap({});
  const log = new TapLog(tap.context);
  log.log('warn', 'deployment evil\nCRITICAL forged\u001b[31m', 'Error: \u001b[2J\n    at nowhere');
  expect(tap.log()).toEqual([
    String.raw`WARNING deployment evil\u000aCRITICAL forged\u001b[31m`,
    String.raw`Error: \u001b[2J`,
    '    at nowhere',
  ]);
});

describe('structured log lines', () => {
  test('contain exactly the keys that Meltano requires, with the right types', () => {
    const tap = openTap({ SINGER_SDK_LOG_CONFIG: inputFile(structured('DEBUG')) });
    const log = new TapLog(tap.context);
    const before = Date.now() / 1_000;
    log.log('warn', 'text');
    log.log('fatal', 'a bug', 'Error');
    log.fatal('the end', 'system_error');
    log.counted('teams', 3);
    const lines = tap.log().map((line) => JSON.parse(line) as Line);
    const common = {
      logger_name: 'tap-compose',
      app_name: 'tap-compose',
      pid: process.pid,
      thread_name: null,
      ts: expect.any(Number) as number,
    };
    expect(lines).toEqual([
      { ...common, level: 'warning', message: 'text', stream_name: null, extra: {} },
      {
        ...common,
        level: 'critical',
        message: 'a bug',
        stream_name: null,
        extra: { stack: 'Error' },
      },
      { ...common, level: 'critical', message: 'the end', stream_name: null, extra: { failure_type: 'system_error' } },
      {
        ...common,
        level: 'info',
        message: 'METRIC',
        stream_name: 'teams',
        extra: {},
        metric_info: { type: 'counter', metric: 'record_count', value: 3, tags: { stream: 'teams' } },
      },
    ]);
    for (const { ts } of lines) {
      expect(ts).toBeGreaterThanOrEqual(before);
      expect(ts).toBeLessThanOrEqual(Date.now() / 1_000);
    }
  });

  test('may be requested by a YAML file', () => {
    const yaml = 'formatters:\n  structured:\n    (): singer_sdk.logging.StructuredFormatter\n';
    const tap = openTap({ SINGER_SDK_LOG_CONFIG: inputFile(yaml) });
    new TapLog(tap.context).log('info', 'text');
    expect(JSON.parse(tap.log()[0] ?? '')).toMatchObject({ message: 'text' });
  });

  test.each([
    ['SINGER_SDK_LOG_CONFIG is empty', () => ''],
    ['the file does not exist', () => '/nowhere/logging.json'],
    ['the file requests another format', () => inputFile(plainFormat('INFO'))],
  ])('are not written if %s', (_, path) => {
    const tap = openTap({ SINGER_SDK_LOG_CONFIG: path() });
    new TapLog(tap.context).log('info', 'text');
    expect(tap.log()).toEqual(['INFO text']);
  });
});

describe('the lowest log level', () => {
  const shown = (env: Record<string, string>): string[] => {
    const tap = openTap(env);
    const log = new TapLog(tap.context);
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) log.log(level, '');
    return tap.log().map((line) => line.trim());
  };
  const ALL = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

  test.each<[string, Record<string, string>, string]>([
    ['is INFO by default', {}, 'INFO'],
    ['is set by LOG_LEVEL', { LOG_LEVEL: 'Error' }, 'ERROR'],
    ['is set by LOGLEVEL rather than LOG_LEVEL', { LOGLEVEL: 'error', LOG_LEVEL: 'debug' }, 'ERROR'],
    [
      'is set by TAP_COMPOSE_LOGLEVEL rather than LOGLEVEL',
      { TAP_COMPOSE_LOGLEVEL: 'ERROR', LOGLEVEL: 'debug' },
      'ERROR',
    ],
    ["may have one of Python's names", { LOG_LEVEL: 'WARNING' }, 'WARNING'],
    ['may be CRITICAL', { LOG_LEVEL: 'critical' }, 'CRITICAL'],
    ['is INFO if the name is unknown', { LOG_LEVEL: 'loud' }, 'INFO'],
  ])('%s', (_, env, lowest) => {
    expect(shown(env)).toEqual(ALL.slice(ALL.indexOf(lowest)));
  });

  test('is the level that Meltano sets, unless LOG_LEVEL sets another level', () => {
    const SINGER_SDK_LOG_CONFIG = inputFile(plainFormat('WARNING'));
    expect(shown({ SINGER_SDK_LOG_CONFIG })).toEqual(ALL.slice(2));
    expect(shown({ SINGER_SDK_LOG_CONFIG, LOG_LEVEL: 'error' })).toEqual(ALL.slice(3));
  });
});

test.each([
  ['plain', {}],
  ['structured', { SINGER_SDK_LOG_CONFIG: 'structured' }],
])('secrets in messages and stack traces are masked in %s lines', (_, env) => {
  const tap = openTap('SINGER_SDK_LOG_CONFIG' in env ? { SINGER_SDK_LOG_CONFIG: inputFile(structured('INFO')) } : {});
  addCredential('tok"en-0123');
  new TapLog(tap.context).log('error', 'the token tok"en-0123 is wrong', 'at tok"en-0123\nat b');
  const said = tap.log().join('\n');
  expect(said).toContain('the token **** is wrong');
  expect(said).not.toContain('0123');
});
