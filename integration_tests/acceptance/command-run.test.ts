import { expect, test } from 'vitest';
import { finalStates, keyOf, recordsOf, strictDataOf } from './command-run.ts';
import { parseTranscript } from './transcript.ts';
import { discovered, readOf, record, state, textOf, validRead } from './valid-read.ts';

test('the state file of the next read holds the last STATE of each stream', () => {
  const names = finalStates(readOf(validRead())).map(({ stream }) => stream.stream_descriptor.name);
  expect(names.toSorted()).toEqual(['audit_events', 'clusters', 'teams']);
  expect(finalStates(readOf(validRead()))).toContainEqual(
    state('audit_events', { version: 1, mark: '2026-01-02T00:00:00.000Z' }, 1)['state'],
  );
});

test('a record is known by its key, or by all of it in any order where there is none', () => {
  const [a, b, c] = recordsOf(
    readOf([record('x', { id: 'k', b: 1 }), record('x', { b: 1, id: 'k' }), record('x', { id: 'k' })]),
  );
  const [stream] = discovered.streams;
  expect(a && keyOf(stream, a)).toBe('k');
  expect(a && keyOf(undefined, a)).toBe(b && keyOf(undefined, b));
  expect(a && keyOf(undefined, a)).not.toBe(c && keyOf(undefined, c));
});

test('1.0 and 1e2 are told from integers, in numbers and not in text', () => {
  const text = textOf([record('teams', { n: 1, m: 'is 1.0', list: [2] })]);
  const dataOf = (stdout: string): unknown =>
    strictDataOf(readOf([], { transcript: parseTranscript(stdout) }), 'teams')[0];
  expect(dataOf(text)).toEqual({ n: 1, m: 'is 1.0', list: [2] });
  expect(dataOf(text.replace('"n":1', '"n":1.0'))).toEqual({ n: 1.5, m: 'is 1.0', list: [2] });
  expect(dataOf(text.replace('[2]', '[1e2]'))).toEqual({ n: 1, m: 'is 1.0', list: [100.5] });
});
