import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Context } from '../../src/program/context.ts';
import { LineWriter } from '../../src/stdout/line-writer.ts';
import { redacted } from '../../src/text/quoted.ts';
import type { Row } from '../../src/core/record/row.ts';
import { ASCII } from '../../src/singer/protocol/ascii.ts';

/** A tap's message in its printed form. */
export type TapMessage =
  | {
      type: 'SCHEMA';
      stream: string;
      schema: { properties: Row };
      key_properties: string[];
      bookmark_properties?: string[];
    }
  | { type: 'RECORD'; stream: string; record: Row; time_extracted: string }
  | { type: 'STATE'; value: Row & { bookmarks: Record<string, Row> } };

export interface OpenTap {
  context: Context;
  stdout: () => string;
  messages: () => TapMessage[];
  log: () => string[];
  /** Aborting has the same effect as SIGTERM. */
  stop: AbortController;
}

/** Creates a context for tap-compose that keeps stdout and stderr in memory. */
export function openTap(env: Context['env'] = {}): OpenTap {
  let text = '';
  let said = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  const writer = new LineWriter(stdout, () => undefined, ASCII);
  const stop = new AbortController();
  const printed = (): string => {
    writer.flush();
    return text;
  };
  return {
    stop,
    context: {
      writer,
      print(text) {
        this.writer.line(text);
      },
      signal: stop.signal,
      env,
      stderr: (text) => void (said += redacted(text)),
    },
    stdout: printed,
    messages: () =>
      printed()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as TapMessage),
    log: () => said.split('\n').filter((line) => line !== ''),
  };
}

/**
 * Writes this content to a file that is deleted at the end of the test, and returns its path. Objects are written as
 * JSON.
 */
export function inputFile(content: unknown, name = 'file.json'): string {
  const folder = mkdtempSync(join(tmpdir(), 'tap-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
