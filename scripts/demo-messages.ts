import { open } from 'node:fs/promises';
import type { Message } from '../src/protocol/messages.ts';

type Row = Readonly<Record<string, unknown>>;

/** A line of the program's output, and the message in it. */
export interface OutputLine {
  text: string;
  message: Message | { type: 'RECORD'; record: { stream: string; data: Row; emitted_at: number } };
}

/** The messages in a file that the program wrote, one after the other. */
export async function* messagesIn(file: string): AsyncGenerator<OutputLine> {
  const input = await open(file);
  try {
    for await (const text of input.readLines()) yield { text, message: JSON.parse(text) as OutputLine['message'] };
  } finally {
    await input.close();
  }
}

/** The first message of a type. Throws if the program sent none. */
export async function firstMessage<T extends Message['type']>(
  file: string,
  type: T,
): Promise<Extract<Message, { type: T }>> {
  for await (const { message } of messagesIn(file)) {
    if (message.type === type) return message as Extract<Message, { type: T }>;
  }
  throw new Error(`the program sent no ${type}: see ${file}`);
}
