import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type DiscoveredStream, keyOf } from './catalogs.ts';

type Row = Readonly<Record<string, unknown>>;

interface StreamState {
  type: 'STREAM';
  stream: { stream_descriptor: { name: string }; stream_state: Row };
}

export interface ErrorTrace {
  message: string;
  failure_type: string;
  internal_message?: string;
  stack_trace?: string;
  stream_descriptor?: { name: string };
}

/** The parts of a message used here. */
export type Message =
  | { type: 'SPEC'; spec: { connectionSpecification: { properties: object; required: string[] } } }
  | { type: 'CONNECTION_STATUS'; connectionStatus: { status: string; message?: string } }
  | { type: 'CATALOG'; catalog: { streams: DiscoveredStream[] } }
  | { type: 'RECORD'; record: { stream: string; data: Row; emitted_at: number } }
  | { type: 'STATE'; state: StreamState }
  | { type: 'LOG'; log: { level: string; message: string; stack_trace?: string } }
  | { type: 'TRACE'; trace: { type: 'ERROR'; emitted_at: number; error: ErrorTrace } }
  | {
      type: 'TRACE';
      trace: {
        type: 'STREAM_STATUS';
        emitted_at: number;
        stream_status: { stream_descriptor: { name: string }; status: string; reasons?: unknown[] };
      };
    };

export type MessageOf<T extends Message['type']> = Extract<Message, { type: T }>;

/** Parses a program's messages, one per line. Throws if a line isn't JSON. */
export function messagesOf(stdout: string): Message[] {
  const lines = stdout.split('\n');
  if (lines.pop() !== '') throw new Error('the output ends with a truncated line');
  return lines.map(messageIn);
}

/** Parses a program's output file, and returns each line with its message, in order. */
export async function* messagesInFile(path: string): AsyncGenerator<{ text: string; message: Message }> {
  let index = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    yield { text, message: messageIn(text, index) };
    index += 1;
  }
}

function messageIn(line: string, index: number): Message {
  try {
    return JSON.parse(line) as Message;
  } catch (cause) {
    throw new Error(`line ${index + 1} is not JSON: ${line.slice(0, 120)}`, { cause });
  }
}

/** Returns the first message of this type. Throws if no message has this type. */
export function firstOf<T extends Message['type']>(messages: readonly Message[], type: T): MessageOf<T> {
  const found = messages.find((message) => message.type === type);
  if (found === undefined) throw new Error(`the program printed no ${type}`);
  return found as MessageOf<T>;
}

export interface Contents {
  /** The records' data, by stream. */
  records: ReadonlyMap<string, readonly Row[]>;
  /** The last state of each stream, as in a state file. */
  states: readonly StreamState[];
  errors: readonly ErrorTrace[];
  logs: ReadonlyArray<{ level: string; message: string }>;
}

/** Groups messages by type, each group in order. */
export function contentsOf(messages: readonly Message[]): Contents {
  const records = new Map<string, Row[]>();
  const states = new Map<string, StreamState>();
  const errors: ErrorTrace[] = [];
  const logs: Array<{ level: string; message: string }> = [];
  for (const message of messages) {
    if (message.type === 'RECORD') {
      const { stream, data } = message.record;
      const rows = records.get(stream) ?? [];
      rows.push(data);
      records.set(stream, rows);
    } else if (message.type === 'STATE') {
      states.set(message.state.stream.stream_descriptor.name, message.state);
    } else if (message.type === 'LOG') {
      logs.push(message.log);
    } else if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      errors.push(message.trace.error);
    }
  }
  return { records, states: [...states.values()], errors, logs };
}

/** The primary keys of a stream's records, in order. */
export function keysRead({ records }: Pick<Contents, 'records'>, stream: string): string[] {
  return (records.get(stream) ?? []).map((data) => keyOf(stream, data));
}
