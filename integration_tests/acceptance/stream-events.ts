import type { Message, RecordMessage, StateMessage } from './message-schema.ts';
import type { ErrorTrace, StreamStatusTrace } from './trace-schema.ts';

/** A message that belongs to one stream; `at` is its place among all messages of the command. */
export type StreamEvent =
  | { readonly kind: 'record'; readonly at: number; readonly record: RecordMessage }
  | { readonly kind: 'state'; readonly at: number; readonly state: StateMessage }
  | { readonly kind: 'status'; readonly at: number; readonly status: StreamStatusTrace };

/** A TRACE ERROR and its place among all messages. */
export interface ErrorEvent {
  readonly at: number;
  readonly error: ErrorTrace;
}

/** A read, sorted by stream. Records, states and statuses of a stream stand in the order they were printed in. */
export interface ReadEvents {
  readonly streams: ReadonlyMap<string, readonly StreamEvent[]>;
  readonly errors: readonly ErrorEvent[];
}

/** Sorts the messages of a read by stream. */
export function readEvents(messages: readonly Message[]): ReadEvents {
  const streams = new Map<string, StreamEvent[]>();
  const errors: ErrorEvent[] = [];
  const add = (name: string, event: StreamEvent): void => {
    const events = streams.get(name);
    if (events) events.push(event);
    else streams.set(name, [event]);
  };
  for (const [at, message] of messages.entries()) {
    if (message.type === 'RECORD') {
      add(message.record.stream, { kind: 'record', at, record: message.record });
    } else if (message.type === 'STATE') {
      add(message.state.stream.stream_descriptor.name, { kind: 'state', at, state: message.state });
    } else if (message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS') {
      const status = message.trace.stream_status;
      add(status.stream_descriptor.name, { kind: 'status', at, status });
    } else if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      errors.push({ at, error: message.trace.error });
    }
  }
  return { streams, errors };
}

/** COMPLETE or INCOMPLETE, if the stream came to an end. */
export function finalStatus(events: readonly StreamEvent[]): 'COMPLETE' | 'INCOMPLETE' | undefined {
  const ends = events.flatMap((event) => (event.kind === 'status' ? [event.status.status] : []));
  return ends.find((status) => status === 'COMPLETE' || status === 'INCOMPLETE');
}

/** The errors that name no stream: a failure of the whole run. */
export function wholeRunErrors(errors: readonly ErrorEvent[]): ErrorEvent[] {
  return errors.filter(({ error }) => error.stream_descriptor === undefined);
}
