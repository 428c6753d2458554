import { describe, expect, test } from 'vitest';
import { Printout, StalledOutput, openContext } from '../../../test-support/unit/output.ts';
import { LineWriter } from '../../stdout/line-writer.ts';
import type { State, StreamSink } from '../../core/output/output.ts';
import { VERSION } from '../../program/version.ts';
import { AirbyteOutput, openAirbyteOutput, stateLine } from './output.ts';
import { addCredential } from '../../text/credentials.ts';

describe('the log', () => {
  function lines(level: string, write: (output: AirbyteOutput) => void): unknown[] {
    const { context, messages } = openContext();
    write(new AirbyteOutput(context, level));
    return messages();
  }

  const writeAll = (output: AirbyteOutput): void => {
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) output.log(level, `at ${level}`);
  };

  test.each([
    ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['trace', ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['info', ['INFO', 'WARN', 'ERROR', 'FATAL']],
    ['error', ['ERROR', 'FATAL']],
    // An unknown level is not an error, because LOG_LEVEL may be intended for other programs.
    ['verbose', ['INFO', 'WARN', 'ERROR', 'FATAL']],
    ['constructor', ['INFO', 'WARN', 'ERROR', 'FATAL']],
    ['', ['INFO', 'WARN', 'ERROR', 'FATAL']],
  ])('at level %j contains the levels %j', (level, shown) => {
    const expected = shown.map((name) => ({ level: name, message: `at ${name.toLowerCase()}` }));
    expect(lines(level, writeAll)).toEqual(expected.map((log) => ({ type: 'LOG', log })));
  });

  test('prints a sentence unchanged', () => {
    const odd = 'a %s of "%d" \\ {json} \u2028 ü 😀\nsecond line';
    const expected = [{ type: 'LOG', log: { level: 'INFO', message: odd } }];
    expect(lines('info', (output) => output.log('info', odd))).toEqual(expected);
  });

  test('contains the stack trace of an exception, if any', () => {
    const { stack } = new RangeError('too far');
    const log = { level: 'FATAL', message: 'teams: gave up' };
    expect(lines('info', (output) => output.log('fatal', 'teams: gave up', stack))).toEqual([
      { type: 'LOG', log: { ...log, stack_trace: stack } },
    ]);
    expect(lines('info', (output) => output.log('fatal', 'teams: gave up', undefined))).toEqual([{ type: 'LOG', log }]);
  });

  test('masks secrets in the sentence and in the stack trace', () => {
    const { context, messages } = openContext();
    addCredential('hunter2');
    new AirbyteOutput(context, 'info').log('error', 'hunter2 is rejected', new Error('with hunter2').stack);
    expect(messages()).toMatchObject([
      { log: { message: '**** is rejected', stack_trace: expect.stringContaining('Error: with ****') as string } },
    ]);
    expect(JSON.stringify(messages())).not.toContain('hunter2');
  });
});

describe('the output of a command', () => {
  function shown(env: Record<string, string>): string[] {
    const { context, messages } = openContext(env);
    const output = openAirbyteOutput(context, 'read');
    output.log('debug', 'details');
    output.log('error', 'failed');
    return messages().map((message) => (message.type === 'LOG' ? message.log.message : message.type));
  }

  const first = `source-compose ${VERSION}: read`;

  test('begins with a line that names the release', () => {
    expect(VERSION).toMatch(/^\d+\.\d+\.\d+/);
    expect(shown({})).toEqual([first, 'failed']);
  });

  test.each<[env: Record<string, string>, lines: string[]]>([
    [{ LOG_LEVEL: 'debug' }, [first, 'details', 'failed']],
    [{ LOG_LEVEL: 'DEBUG' }, [first, 'details', 'failed']],
    [{ LOG_LEVEL: 'ERROR' }, ['failed']],
    [{ LOG_LEVEL: 'nonsense' }, [first, 'failed']],
  ])('contains only lines of at least the selected level if the environment is %j', (env, lines) => {
    expect(shown(env)).toEqual(lines);
  });
});

describe('redaction', () => {
  const secret = 'hunter2 hunter2';
  const traced = { type: 'ERROR', emitted_at: 1 };
  const error = { message: secret, failure_type: 'system_error' };
  const more = { internal_message: secret, stack_trace: secret, stream_descriptor: { name: 'teams' } };

  function printed(write: (output: AirbyteOutput) => void): string[] {
    const out = new StalledOutput();
    out.prompt = true;
    const writer = new LineWriter(out, () => undefined);
    write(new AirbyteOutput({ writer }, 'info'));
    writer.flush();
    return out.text.trimEnd().split('\n');
  }

  test.each<[message: object, places: number]>([
    [{ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: secret } }, 2],
    [{ type: 'TRACE', trace: { ...traced, error } }, 2],
    [{ type: 'TRACE', trace: { ...traced, error: { ...error, ...more } } }, 6],
  ])('masks secrets in text for people: %j', (message, places) => {
    const given = structuredClone(message);
    const [line] = printed((output) => output.send(message));
    expect(line).toBe(JSON.stringify(given).replaceAll('hunter2', '****'));
    expect(line?.split('****')).toHaveLength(places + 1);
    expect(message).toEqual(given);
  });

  test.each<object>([
    { type: 'CATALOG', catalog: { streams: [{ title: secret }] } },
    { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } },
  ])('does not change data: %j', (message) => {
    expect(printed((output) => output.send(message))).toEqual([JSON.stringify(message)]);
  });

  test('does not change records and states', () => {
    const lines = printed((output) => {
      const stream = output.stream('teams');
      stream.record({ secret }, 1);
      stream.state(stateOf({ cursor: secret }), 1);
    });
    expect(lines.slice(1)).toEqual([
      `{"type":"RECORD","record":{"stream":"teams","data":{"secret":"${secret}"},"emitted_at":1}}`,
      stateLine('teams', JSON.stringify({ cursor: secret }), 1).trimEnd(),
    ]);
  });
});

describe('a stream', () => {
  function open(): { stream: StreamSink; printed: Printout } {
    const printed = new Printout();
    return { stream: new AirbyteOutput(printed, 'debug').stream('parts'), printed };
  }

  test('prints a record as one line, along with the changes made to its data', () => {
    const { stream, printed } = open();
    stream.record({ id: 'a', gone: undefined }, 1_534_931_783_363);
    stream.record({ id: 'b"\u2028\n', units: null }, 1_534_931_783_364, ['units']);
    stream.record({ id: 'c' }, 1_534_931_783_364);
    expect(printed.messages.filter(({ type }) => type === 'RECORD')).toEqual([
      { type: 'RECORD', record: { stream: 'parts', data: { id: 'a' }, emitted_at: 1_534_931_783_363 } },
      {
        type: 'RECORD',
        record: {
          stream: 'parts',
          data: { id: 'b"\u2028\n', units: null },
          emitted_at: 1_534_931_783_364,
          meta: { changes: [{ field: 'units', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }] },
        },
      },
      { type: 'RECORD', record: { stream: 'parts', data: { id: 'c' }, emitted_at: 1_534_931_783_364 } },
    ]);
  });

  test('throws an error for a record that is nested too deeply to serialize', () => {
    let deep: unknown[] = [];
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    const { stream, printed } = open();
    expect(() => stream.record({ id: 'a', deep }, 1)).toThrow(RangeError);
    expect(printed.rows).toEqual([]);
  });
});

function stateOf(value: object): State {
  return { value, json: JSON.stringify(value) };
}
