import { expect, test } from 'vitest';
import { putValue } from './json-schema.ts';
import { parseTranscript } from './transcript.ts';
import {
  error,
  log,
  noCursor,
  type PlainMessage,
  record,
  state,
  status,
  textOf,
  validRead,
  spec,
} from './valid-read.ts';

const line = JSON.stringify(log('INFO', 'hello'));
const rulesOf = (stdout: string | Uint8Array): string[] => [
  ...new Set(parseTranscript(stdout).violations.map(({ rule }) => rule)),
];

test('a valid transcript contains all messages and no violation', () => {
  const transcript = parseTranscript(textOf(validRead()));
  expect(transcript.violations).toEqual([]);
  expect(transcript.messages).toEqual(validRead());
});

test('empty output is a transcript without messages', () => {
  expect(parseTranscript('')).toEqual({ text: '', messages: [], violations: [] });
});

// `stdout` is a function, so that no test name contains a line of 20 MB.
const brokenLines: [rule: string, stdout: () => string | Uint8Array][] = [
  ['1.10 UTF-8', () => Uint8Array.of(...Buffer.from(`${line}\n`.replace('hello', 'x')), 0xff, 0x0a)],
  ['1.10 blank line', () => `${line}\n\n${line}\n`],
  ['1.10 partial line', () => `${line}\n${line.slice(0, 20)}`],
  ['1.10 line length', () => `${JSON.stringify(log('INFO', 'x'.repeat(20_000_000)))}\n`],
  ['1.10 line separator', () => `${line.replace('hello', 'a\u2028b')}\n`],
  ['1.10 line separator', () => `${line.replace('hello', 'a\u0085b')}\n`],
  ['1.10 lone surrogate', () => `${line.replace('hello', String.raw`\ud83d alone`)}\n`],
  ['1.10 one object per line', () => `\uFEFF${line}\n`],
  ['1.10 one object per line', () => `${line}${line}\n`],
  ['1.10 one object per line', () => `[${line}]\n`],
  ['1.10 one object per line', () => 'Starting up\n'],
  ['1.10 one object per line', () => `${JSON.stringify(record('a', { n: 0 })).replace(':0', ':NaN')}\n`],
];

test.each(brokenLines.map(([rule, stdout], index) => ({ rule, stdout, index })))(
  'a line that breaks rule $rule is reported (case $index)',
  ({ rule, stdout }) => {
    expect(rulesOf(stdout())).toContain(rule);
  },
);

test('escaped separators, complete surrogate pairs and a backslash before the text ud800 are valid', () => {
  const fine = [String.raw`a\u2028b`, String.raw`\ud83d\ude00`, '😀', String.raw`C:\\ud800`];
  for (const text of fine) expect(rulesOf(`${line.replace('hello', text)}\n`)).toEqual([]);
});

/** Sets the value at a dotted path of a message. */
function withValue(message: PlainMessage, path: string, value: unknown): PlainMessage {
  const copy = structuredClone(message);
  putValue(copy, path, value);
  return copy;
}

const stream = { name: 'teams', json_schema: { properties: {} }, supported_sync_modes: ['full_refresh'] };
const catalog = { type: 'CATALOG', catalog: { streams: [stream] } };
const failed = { type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: 'No.' } };
const nulled = { changes: [{ field: 'a', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }] };
const config = { type: 'CONTROL', control: { type: 'CONNECTOR_CONFIG', emitted_at: 1_767_000_000_000 } };

const misshapen: [rule: string, message: PlainMessage, path: string, value: unknown][] = [
  ['1.1 message type', log('INFO', 'x'), 'type', 'DEBUG'],
  ['1.10 known keys only', record('a', { id: 1 }), 'record.namespace', 'n'],
  ['1.10 no nulls', record('a', { id: 1 }), 'record.meta', null],
  ['1.2 SPEC', spec, 'spec.protocol_version', '0.3.0'],
  ['1.2 SPEC', spec, 'spec.documentationUrl', 'nowhere'],
  ['1.3 CONNECTION_STATUS', failed, 'connectionStatus.message', undefined],
  ['1.3 CONNECTION_STATUS', failed, 'connectionStatus.status', 'OK'],
  ['1.4 CATALOG', catalog, 'catalog.streams.0.json_schema', {}],
  ['1.4 CATALOG', catalog, 'catalog.streams.0.supported_sync_modes', []],
  ['1.6 RECORD', record('a', { id: 1 }), 'record.data', [1]],
  ['1.6 RECORD', record('a', { id: 1 }), 'record.emitted_at', 1_767_000_000_000.5],
  ['1.6 RECORD', record('a', { id: 1 }), 'record.emitted_at', 1_767_000_000],
  ['1.6 RECORD', record('a', { id: 1 }), 'record.meta', { changes: [{ ...nulled.changes[0], reason: 'PLATFORM_X' }] }],
  ['1.7 STATE', state('a', noCursor, 1), 'state.type', 'GLOBAL'],
  ['1.7 STATE', state('a', noCursor, 1), 'state.sourceStats', undefined],
  ['1.7 STATE', state('a', noCursor, 1), 'state.stream.stream_state', 'x'],
  ['1.8 LOG', log('INFO', 'x'), 'log.level', 'WARNING'],
  ['1.8 LOG', log('INFO', 'x'), 'log.message', undefined],
  ['1.9 TRACE', status('a', 'STARTED'), 'trace.stream_status.status', 'DONE'],
  ['1.9 TRACE', status('a', 'RUNNING', 1_767_000_000_000), 'trace.stream_status.reasons.0.rate_limited', {}],
  ['1.9 TRACE', error('config_error'), 'trace.error.failure_type', 'user_error'],
  ['1.9 CONTROL', config, 'control.connectorConfig', {}],
];

test.each(misshapen)('a message that breaks rule %s is reported (case %#)', (rule, message, path, value) => {
  expect(rulesOf(textOf([withValue(message, path, value)]))).toContain(rule);
});

test('the same messages without these defects are valid', () => {
  const whole = withValue(config, 'control.connectorConfig', { config: {} });
  const changed = withValue(record('a', { a: null }), 'record.meta', nulled);
  expect(rulesOf(textOf([spec, catalog, failed, whole, changed, error('system_error', 'a')]))).toEqual([]);
});
