import type { BrokenSource } from './broken-specs.ts';
import type { CommandFiles } from './check.ts';
import { fakeRead } from './fake-read.ts';
import type { FakeSource } from './fake-source.ts';
import { putValue } from './put-value.ts';
import type { PlainMessage } from './valid-read.ts';

/** Changes what reads from a state print. */
function resumed(
  edit: (messages: PlainMessage[], source: FakeSource, files: CommandFiles) => PlainMessage[],
): (source: FakeSource) => void {
  return (source) => {
    source.edit = (command, messages, files) =>
      command === 'read' && files.state !== undefined ? edit(messages, source, files) : messages;
  };
}

const isRecord = (message: PlainMessage): boolean => message['type'] === 'RECORD';
const forgetful = resumed((_messages, source, { catalog }) => fakeRead(source, { catalog }));
const without = (id: string): ((messages: PlainMessage[]) => PlainMessage[]) => {
  return (messages) =>
    messages.filter((message) => !(isRecord(message) && JSON.stringify(message).includes(`"${id}"`)));
};

export const brokenCursors: readonly BrokenSource[] = [
  { check: 49, name: 'a state without effect', change: forgetful },
  {
    check: 49,
    name: 'no STATE at all',
    change: (source) => {
      source.edit = (_command, messages) => messages.filter(({ type }) => type !== 'STATE');
    },
  },
  { check: 49, name: 'no record in the first read', change: ({ rows }) => (rows['audit_events'] = []) },
  { check: 50, name: 'a state without effect', change: forgetful },
  { check: 50, name: 'a record is lost after a state', change: resumed(without('e7')) },
  {
    check: 50,
    name: 'records are lost, though as many come',
    change: resumed((messages) => {
      const last = messages.find((message) => isRecord(message) && JSON.stringify(message).includes('"e8"'));
      return without('e7')(messages).flatMap((message) => (message === last ? [message, message] : [message]));
    }),
  },
  {
    check: 50,
    name: 'no state in the middle',
    change: ({ rows }) => (rows['audit_events'] = rows['audit_events']?.slice(0, 2) ?? []),
  },
  { check: 51, name: 'the future brings records', change: forgetful },
  { check: 51, name: 'no STATE', change: resumed((messages) => messages.filter(({ type }) => type !== 'STATE')) },
  {
    check: 51,
    name: 'the future is forgotten',
    change: resumed(
      (messages) => JSON.parse(JSON.stringify(messages).replaceAll('"mark":"2027', '"mark":"2026')) as PlainMessage[],
    ),
  },
  { check: 51, name: 'a stream without a future', change: ({ files }) => putValue(files, 'future', []) },
];
