import { setImmediate as everyoneElse } from 'node:timers/promises';
import { type Mock, describe, expect, test, vi } from 'vitest';
import { StalledOutput } from '../../test-support/unit/output.ts';
import { MessageWriter } from './line-writer.ts';
import { stateLine, streamStatus } from '../airbyte/messages.ts';

function open(): { out: StalledOutput; onGone: Mock<() => void>; writer: MessageWriter } {
  const out = new StalledOutput();
  const onGone = vi.fn<() => void>();
  return { out, onGone, writer: new MessageWriter(out, (text) => text, onGone) };
}

const status = streamStatus({ name: 'teams' }, 'RUNNING');
const line = (message: object): string => JSON.stringify(message) + '\n';
const big = line({ text: 'x'.repeat(30_000) });

const record = (writer: MessageWriter, text: string): void =>
  writer.record(Buffer.from(text.slice(0, 1)), text.slice(1, -1), Buffer.from(text.slice(-1)));

describe('what waits, and what goes out', () => {
  test('records are gathered until they are worth a write, and no longer', async () => {
    const { out, writer } = open();
    record(writer, big);
    expect(out.text).toBe('');
    record(writer, big);
    expect(out.text).toBe(`${big}${big}`);
    record(writer, '{}\n');
    await out.takeAll();
    expect(out.text).toBe(`${big}${big}`);
    writer.flush();
    writer.flush();
    await out.takeAll();
    expect(out.text).toBe(`${big}${big}{}\n`);
  });

  test('a message goes out at once, behind the records before it', () => {
    const { out, writer } = open();
    record(writer, '{"n":1}\n');
    record(writer, '{"n":2}\n');
    writer.send(status);
    expect(out.text).toBe(`{"n":1}\n{"n":2}\n${line(status)}`);
  });

  test('line breaks of other alphabets are escaped in records and messages', () => {
    const { out, writer } = open();
    record(writer, line({ a: '\u2028' }));
    writer.text(stateLine('teams', JSON.stringify({ b: '\u0085' }), 1));
    expect(out.text).toMatch(/^\{"a":"\\u2028"\}\n.*\{"b":"\\u0085"\}.*\n$/);
  });
});

describe('a slow reader', () => {
  test('ready() flushes, and waits until the reader has taken enough', async () => {
    const { out, writer } = open();
    const after = vi.fn<() => void>();
    record(writer, big);
    const ready = writer.ready().then(after);
    await everyoneElse();
    expect(out.text).toBe(big);
    expect(after).not.toHaveBeenCalled();
    await out.takeAll();
    await ready;
  });

  test('every time that it stalls is waited for', async () => {
    const { out, writer } = open();
    for (let i = 0; i < 3; i++) {
      const after = vi.fn<() => void>();
      record(writer, big);
      const ready = writer.ready().then(after);
      await everyoneElse();
      expect(after).not.toHaveBeenCalled();
      await out.takeAll();
      await ready;
    }
  });

  test('a drain that nobody waited for is not waited for later', async () => {
    const { out, writer } = open();
    record(writer, big);
    writer.flush();
    expect(out.writableNeedDrain).toBe(true);
    await out.takeAll();
    await writer.ready();
  });

  test('hundreds that wait share one drain', async () => {
    const { out, writer } = open();
    const before = out.listenerCount('error');
    record(writer, big);
    const all = Promise.all(Array.from({ length: 900 }, () => writer.ready()));
    expect(out.listenerCount('drain')).toBe(1);
    await out.takeAll();
    await all;
    expect([out.listenerCount('drain'), out.listenerCount('error')]).toEqual([0, before]);
  });
});

describe('before the process ends itself', () => {
  test('even a small message is waited for until the reader has taken it', async () => {
    const { out, writer } = open();
    const after = vi.fn<() => void>();
    writer.send(status);
    const emptied = writer.emptied().then(after);
    await everyoneElse();
    expect(after).not.toHaveBeenCalled();
    await out.takeAll();
    await emptied;
  });

  test('a reader that goes is not waited for', async () => {
    const { out, writer } = open();
    writer.send(status);
    const emptied = writer.emptied();
    out.destroy(new Error('broken pipe'));
    await emptied;
    await writer.emptied();
  });
});

describe('a reader that goes', () => {
  test('lets whoever waits go on, and nothing is thrown', async () => {
    const { out, onGone, writer } = open();
    record(writer, big);
    const waiting = writer.ready();
    out.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    await waiting;
    await everyoneElse();
    record(writer, big);
    writer.send(status);
    await writer.ready();
    await everyoneElse();
    expect(onGone).toHaveBeenCalledTimes(1);
  });

  test('is told once, though stdout complains about every write', () => {
    const { out, onGone, writer } = open();
    for (let i = 0; i < 3; i++) {
      out.emit('error', new Error('broken pipe'));
      writer.send(status);
    }
    expect(onGone).toHaveBeenCalledTimes(1);
    expect(out.text).toBe('');
  });

  test('without a word keeps nobody waiting either', async () => {
    const { out, writer } = open();
    record(writer, big);
    const waiting = writer.ready();
    out.destroy();
    await waiting;
    writer.send(status);
    await writer.ready();
  });
});
