import { expect, test } from 'vitest';
import { StalledOutput } from '../../test-support/unit/output.ts';
import { MessageWriter } from '../core/line-writer.ts';
import { type Message, stateLine } from './messages.ts';

const secret = 'hunter2 hunter2';
const traced = { type: 'ERROR', emitted_at: 1 } as const;
const error = { message: secret, failure_type: 'system_error' } as const;
const more = { internal_message: secret, stack_trace: secret, stream_descriptor: { name: 'teams' } };

const mask = (text: string): string => text.replaceAll('hunter2', '****');

test.each<[message: Message, places: number]>([
  [{ type: 'LOG', log: { level: 'INFO', message: secret } }, 2],
  [{ type: 'LOG', log: { level: 'FATAL', message: secret, stack_trace: secret } }, 4],
  [{ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: secret } }, 2],
  [{ type: 'TRACE', trace: { ...traced, error } }, 2],
  [{ type: 'TRACE', trace: { ...traced, error: { ...error, ...more } } }, 6],
])('texts for people are redacted: %j', (message, places) => {
  const given = structuredClone(message);
  const printed = print(message);
  expect(printed).toBe(mask(JSON.stringify(given)));
  expect(printed.split('****')).toHaveLength(places + 1);
  // Whoever sent it may still need it.
  expect(message).toEqual(given);
});

test.each<Message>([
  JSON.parse(stateLine('teams', JSON.stringify({ cursor: secret }), 1)) as Message,
  { type: 'SPEC', spec: { title: secret } },
  { type: 'CATALOG', catalog: { streams: [] } },
  { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } },
])('data is not: %j', (message) => {
  expect(print(message)).toBe(JSON.stringify(message));
});

test('records are not', () => {
  const out = new StalledOutput();
  const writer = new MessageWriter(out, mask, () => undefined);
  writer.record(Buffer.from('{"secret":'), JSON.stringify(secret), Buffer.from('}\n'));
  writer.flush();
  expect(out.text).toBe(`{"secret":"${secret}"}\n`);
});

function print(message: Message): string {
  const out = new StalledOutput();
  new MessageWriter(out, mask, () => undefined).send(message);
  return out.text.trimEnd();
}
