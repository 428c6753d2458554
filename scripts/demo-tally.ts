import { messagesIn } from './demo-messages.ts';

/** What a read brought of one stream. */
export interface StreamTally {
  records: number;
  /** Of its RECORD lines. */
  bytes: number;
  /** When its statuses STARTED and COMPLETE were sent (Unix time, ms). */
  startedAt: number;
  endedAt: number;
}

export interface Tally {
  streams: Map<string, StreamTally>;
  /** The STATE lines, which the next read goes on from. */
  stateLines: string[];
}

/** Counts what a read wrote. */
export async function tallyOf(file: string): Promise<Tally> {
  const streams = new Map<string, StreamTally>();
  const stateLines: string[] = [];
  for await (const { text, message } of messagesIn(file)) {
    if (message.type === 'RECORD') {
      const stream = streams.get(message.record.stream);
      if (stream === undefined) throw new Error(`a record of ${message.record.stream} came before its STARTED`);
      stream.records += 1;
      stream.bytes += Buffer.byteLength(text) + 1;
    } else if (message.type === 'STATE') {
      stateLines.push(text);
    } else if (message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS') {
      const { emitted_at: at, stream_status } = message.trace;
      const { name } = stream_status.stream_descriptor;
      if (stream_status.status === 'STARTED') streams.set(name, { records: 0, bytes: 0, startedAt: at, endedAt: at });
      const stream = streams.get(name);
      if (stream !== undefined) stream.endedAt = at;
    }
  }
  return { streams, stateLines };
}
