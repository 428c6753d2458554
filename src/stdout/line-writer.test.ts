import { setImmediate as everyoneElse } from 'node:timers/promises';
import fc from 'fast-check';
import { type Mock, describe, expect, test, vi } from 'vitest';
import { StalledOutput } from '../../test-support/unit/output.ts';
import { LineWriter } from './line-writer.ts';
import { UTF8 } from './line-encoding.ts';

function open(): { out: StalledOutput; onGone: Mock<() => void>; writer: LineWriter } {
  const out = new StalledOutput();
  const onGone = vi.fn<() => void>();
  return { out, onGone, writer: new LineWriter(out, onGone) };
}

const line = (message: object): string => JSON.stringify(message) + '\n';
const status = line({ status: 'RUNNING' });
const big = line({ text: 'x'.repeat(30_000) });

const record = (writer: LineWriter, text: string): void =>
  writer.record(Buffer.from(text.slice(0, 1)), text.slice(1, -1), Buffer.from(text.slice(-1)));

describe('a line writer', () => {
  test('records are collected until a chunk is full', async () => {
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

  test('any other line is written immediately, after the records before it', () => {
    const { out, writer } = open();
    record(writer, '{"n":1}\n');
    record(writer, '{"n":2}\n');
    writer.line(status);
    expect(out.text).toBe(`{"n":1}\n{"n":2}\n${status}`);
  });

  test('Unicode line breaks are escaped in records and other lines', () => {
    const { out, writer } = open();
    record(writer, line({ a: '\u2028' }));
    writer.line(line({ b: '\u0085' }));
    expect(out.text).toBe('{"a":"\\u2028"}\n{"b":"\\u0085"}\n');
  });
});

describe('a slow reader', () => {
  test('ready() flushes the chunk and waits until the reader has read enough', async () => {
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

  test('hundreds of waits share one listener for the drain event', async () => {
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

describe('the end of the process', () => {
  test('drained() waits until even a short line is written', async () => {
    const { out, writer } = open();
    const after = vi.fn<() => void>();
    writer.line(status);
    const drained = writer.drained().then(after);
    await everyoneElse();
    expect(after).not.toHaveBeenCalled();
    await out.takeAll();
    await drained;
  });

  test('drained() does not wait for a reader that has closed stdout', async () => {
    const { out, writer } = open();
    writer.line(status);
    const drained = writer.drained();
    out.destroy(new Error('broken pipe'));
    await drained;
    await writer.drained();
  });
});

describe('a closed stdout', () => {
  test('closing stdout ends all waits without an exception', async () => {
    const { out, onGone, writer } = open();
    record(writer, big);
    const waiting = writer.ready();
    out.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
    await waiting;
    await everyoneElse();
    record(writer, big);
    writer.line(status);
    await writer.ready();
    await everyoneElse();
    expect(onGone).toHaveBeenCalledTimes(1);
  });

  test('a closed stdout is reported only once, even if every write fails', () => {
    const { out, onGone, writer } = open();
    for (let i = 0; i < 3; i++) {
      out.emit('error', new Error('broken pipe'));
      writer.line(status);
    }
    expect(onGone).toHaveBeenCalledTimes(1);
    expect(out.text).toBe('');
  });

  test('closing stdout without an error also ends all waits', async () => {
    const { out, writer } = open();
    record(writer, big);
    const waiting = writer.ready();
    out.destroy();
    await waiting;
    writer.line(status);
    await writer.ready();
  });
});

const HEAD = Buffer.from('{"data":');
const TAIL = Buffer.from('}\n');

/** Texts that range from one character to more than a chunk, with UTF-8 characters of every length. */
const anyData = fc
  .tuple(
    fc.constantFrom('x', 'é', '\u0085', '\u2028', '港', '🚢', '\ud800'),
    fc.constantFrom(1, 500, 11_000, 30_000, 70_000),
  )
  .map(([unit, times]) => JSON.stringify({ text: unit.repeat(times) }));

test('any lines of any length are written completely, as valid JSON and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyData, { maxLength: 12 }), async (all) => {
      const out = new StalledOutput();
      const writer = new LineWriter(out, () => undefined);
      for (const each of all) writer.record(HEAD, each, TAIL);
      writer.flush();
      await out.takeAll();
      expect(out.text === all.map((each) => `{"data":${UTF8.encode(each)}}\n`).join('')).toBe(true);
    }),
    { numRuns: 60 },
  );
});

type Step = { record: number; unit: string } | 'line' | 'flush' | 'ready' | 'take' | 'hurry' | 'stall';

/** Small records, hundreds of which fit into a chunk, and large records, each of which fills a chunk. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .oneof(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 15_000, max: 70_000 }))
    .map((record) => ({ record, unit: record % 2 === 0 ? 'x' : 'ü' })),
  fc.constantFrom('line', 'flush', 'ready', 'take', 'hurry', 'stall'),
);

test('lines of several tasks are written completely and in order, however slow the reader is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step), { maxLength: 4 }), async (tasks) => {
      const out = new StalledOutput();
      const writer = new LineWriter(out, () => undefined);
      const lines: string[] = [];
      const run = async (steps: Step[]): Promise<void> => {
        for (const each of steps) {
          if (each === 'hurry' || each === 'stall') out.prompt = each === 'hurry';
          else if (each === 'flush') writer.flush();
          else if (each === 'take') out.takeOne();
          else if (each === 'ready') await writer.ready();
          else if (each === 'line') {
            const message = line({ type: 'LOG', log: { level: 'INFO', message: `number ${lines.length}` } });
            lines.push(message);
            writer.line(message);
          } else {
            const record = JSON.stringify({ number: lines.length, text: each.unit.repeat(each.record) });
            lines.push(`[${record}]\n`);
            writer.record(Buffer.from('['), record, Buffer.from(']\n'));
          }
        }
      };
      const reading = new AbortController();
      const all = Promise.all(tasks.map(run)).finally(() => reading.abort());
      // If a task waited forever, this loop would never end, and the test would time out.
      do await out.takeAll();
      while (!reading.signal.aborted);
      await all;
      writer.flush();
      await out.takeAll();
      expect(out.text).toBe(lines.join(''));
    }),
  );
});
