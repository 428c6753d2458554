import type { BrokenSource } from './broken-specs.ts';
import type { CommandFiles } from './check.ts';
import type { FakeSource } from './fake-source.ts';
import { putValue } from './put-value.ts';
import { isObject } from './schema-nodes.ts';
import type { PlainMessage } from './valid-read.ts';

type Edit = (messages: PlainMessage[], files: CommandFiles, reads: number) => PlainMessage[];

/** Changes what reads print. */
function reads(edit: Edit): (source: FakeSource) => void {
  return (source) => {
    source.edit = (command, messages, files) => (command === 'read' ? edit(messages, files, source.reads) : messages);
  };
}

/** Changes one row of a stream. */
function row(stream: string, index: number, change: object): (source: FakeSource) => void {
  return ({ rows }) => {
    rows[stream] = (rows[stream] ?? []).map((data, at) => (at === index ? { ...data, ...change } : data));
  };
}

const isType =
  (type: string) =>
  (message: PlainMessage): boolean =>
    message['type'] === type;
const isOf =
  (type: string, stream: string) =>
  (message: PlainMessage): boolean =>
    isType(type)(message) && JSON.stringify(message).includes(`"${stream}"`);
const isStatus =
  (status: string) =>
  (message: PlainMessage): boolean =>
    JSON.stringify(message).includes(`"status":"${status}"`);

function stampedAgain(message: PlainMessage): PlainMessage {
  const { record } = message;
  return isObject(record) ? { ...message, record: { ...record, emitted_at: 1_700_000_000_000 } } : message;
}

export const brokenSources: readonly BrokenSource[] = [
  { check: 36, name: 'no record at all', change: (source) => (source.rows = {}) },
  {
    check: 37,
    name: 'a record of something else',
    change: ({ rows }) => (rows['addons'] = [{ title: 'one' }, { name: 'two' }]),
  },
  { check: 38, name: 'a number in a text field', change: row('addons', 0, { title: 1 }) },
  {
    check: 38,
    name: 'a day that does not exist',
    change: row('audit_events', 0, { created_at: '2026-02-99T00:00:00Z' }),
  },
  { check: 38, name: 'a time without zone', change: row('audit_events', 0, { created_at: '2026-02-01T00:00:00' }) },
  { check: 38, name: 'a fraction in an integer field', change: row('audit_events', 0, { count: 1.5 }) },
  { check: 39, name: 'an empty stream', change: ({ rows }) => (rows['addons'] = []) },
  { check: 40, name: 'a key without a value', change: row('audit_events', 3, { id: null }) },
  { check: 40, name: 'a key that is an object', change: row('audit_events', 3, { id: { a: 1 } }) },
  {
    check: 41,
    name: 'a field that never has a value',
    change: ({ catalog }) => putValue(catalog, 'streams.1.json_schema.properties.size', { type: ['null', 'integer'] }),
  },
  {
    check: 42,
    name: 'a row is missing',
    change: ({ rows }) => (rows['audit_events'] = rows['audit_events']?.slice(1) ?? []),
  },
  { check: 42, name: 'a row without key is missing', change: ({ rows }) => (rows['addons'] = [{ title: 'one' }]) },
  {
    check: 43,
    name: 'no RUNNING',
    change: reads((messages) => messages.filter((message) => !isStatus('RUNNING')(message))),
  },
  {
    check: 43,
    name: 'no COMPLETE',
    change: reads((messages) => messages.filter((message) => !isStatus('COMPLETE')(message))),
  },
  {
    check: 43,
    name: 'INCOMPLETE in the middle',
    change: reads(
      (messages) => JSON.parse(JSON.stringify(messages).replaceAll('RUNNING', 'INCOMPLETE')) as PlainMessage[],
    ),
  },
  {
    check: 44,
    name: 'too few STATEs',
    change: reads((messages) => messages.filter((message) => !isType('STATE')(message))),
  },
  {
    check: 44,
    name: 'a STATE without sourceStats',
    change: reads(
      (messages) => JSON.parse(JSON.stringify(messages).replaceAll('sourceStats', 'stats')) as PlainMessage[],
    ),
  },
  { check: 45, name: 'an undeclared field', change: row('addons', 0, { extra: 1 }) },
  {
    check: 46,
    name: 'a bad catalog is read as if nothing were',
    change: reads((messages) => messages.filter((message) => !JSON.stringify(message).includes('"type":"ERROR"'))),
  },
  { check: 47, name: 'a stream of files', change: ({ catalog }) => putValue(catalog, 'streams.1.is_file_based', true) },
  {
    check: 48,
    name: 'the second read brings less',
    change: reads((messages, _files, count) =>
      count > 1 ? messages.filter((m) => !isOf('RECORD', 'two')(m)) : messages,
    ),
  },
  {
    check: 48,
    name: 'the second read brings other values',
    change: reads(
      (messages, _files, count) =>
        JSON.parse(JSON.stringify(messages).replaceAll('"count":3', `"count":${count}00`)) as PlainMessage[],
    ),
  },
  {
    check: 48,
    name: 'the second read sends records of the first',
    change: reads((messages, _files, count) => (count > 1 ? messages.map(stampedAgain) : messages)),
  },
];
