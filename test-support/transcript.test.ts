import { expect, it } from 'vitest';
import { contentsOf, firstOf, keysRead, messagesOf } from './transcript.ts';

const record = (stream: string, id: string): object => ({ type: 'RECORD', record: { stream, data: { id } } });
const state = (name: string, n: number): object => ({
  type: 'STATE',
  state: { type: 'STREAM', stream: { stream_descriptor: { name }, stream_state: { n } } },
});
const printed = (...messages: object[]): string => messages.map((message) => `${JSON.stringify(message)}\n`).join('');

it('what was printed is sorted by what it holds: records and last states by stream', () => {
  const log = { type: 'LOG', log: { level: 'WARN', message: 'careful' } };
  const error = { type: 'TRACE', trace: { type: 'ERROR', error: { message: 'no', failure_type: 'config_error' } } };
  const messages = messagesOf(
    printed(record('teams', 'b'), state('teams', 1), record('teams', 'a'), log, state('teams', 2), error),
  );
  const contents = contentsOf(messages);
  expect(keysRead(contents, 'teams')).toEqual(['b', 'a']);
  expect(keysRead(contents, 'accounts')).toEqual([]);
  expect(contents.states.map(({ stream }) => stream.stream_state)).toEqual([{ n: 2 }]);
  expect(contents.logs).toEqual([{ level: 'WARN', message: 'careful' }]);
  expect(contents.errors).toEqual([{ message: 'no', failure_type: 'config_error' }]);
  expect(firstOf(messages, 'LOG')).toEqual(log);
  expect(() => firstOf(messages, 'SPEC')).toThrow('printed no SPEC');
});

it.each([
  ['a line that is no JSON', '{"type":"LOG"}\nWarning: x\n', 'line 2 is no JSON: Warning: x'],
  ['a line that is cut off', '{"type":"LOG"}\n{"ty', 'the output ends inside a line'],
  ['an empty line', '{"type":"LOG"}\n\n', 'line 2 is no JSON'],
])('%s is an error', (_, text, sentence) => {
  expect(() => messagesOf(text)).toThrow(sentence);
});
