import { Writable } from 'node:stream';
import type { Context } from '../context.ts';
import { MessageWriter } from '../protocol/message-writer.ts';
import type { Message } from '../protocol/messages.ts';
import { Redactor } from '../protocol/redact.ts';

export interface OpenContext {
  context: Context;
  /** What was printed so far, each line parsed. */
  messages: () => Message[];
  /** As a SIGTERM or a lost reader would. */
  stop: AbortController;
}

/** What the process gives a command, with a stdout that is kept. */
export function openContext(env: Context['env'] = {}): OpenContext {
  let text = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  const redactor = new Redactor();
  const writer = new MessageWriter(stdout, redactor.redact, () => undefined);
  const stop = new AbortController();
  return {
    stop,
    context: { writer, env, signal: stop.signal, addSecret: (secret) => redactor.add(secret) },
    messages() {
      writer.flush();
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Message);
    },
  };
}
