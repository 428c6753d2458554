import type { Writable } from 'node:stream';
import type { Message } from './messages.ts';
import { printable } from './printable.ts';

/** Characters gathered before they go to stdout: 16-48 KB were measured as fastest, below and above cost more. */
const CHUNK_CHARACTERS = 32 * 1024;

/**
 * The sole owner of stdout. Records are gathered into chunks; every other message goes out at once, behind them.
 * Texts for people are redacted here, so that no path around it exists.
 */
export class MessageWriter {
  readonly #out: Writable;
  readonly #redact: (text: string) => string;
  #chunk = '';
  #drained: Promise<void> | undefined;
  #gone = false;

  /** `onGone` is called once when the reader of stdout has gone away. */
  constructor(out: Writable, redact: (text: string) => string, onGone: () => void) {
    this.#out = out;
    this.#redact = redact;
    // Without a listener a broken pipe would be an uncaught exception.
    out.on('error', () => {
      if (this.#gone) return;
      this.#gone = true;
      onGone();
    });
  }

  /** Takes one RECORD as a finished line of JSON, without its line break. */
  record(line: string): void {
    this.#chunk += line + '\n';
    if (this.#chunk.length >= CHUNK_CHARACTERS) this.flush();
  }

  send(message: Message): void {
    this.#chunk += JSON.stringify(this.#redacted(message)) + '\n';
    this.flush();
  }

  /** Hands what was gathered to stdout. To be called before anything waits. */
  flush(): void {
    if (this.#chunk === '') return;
    const chunk = this.#chunk;
    this.#chunk = '';
    if (!this.#gone) this.#out.write(printable(chunk));
  }

  /** Flushes, and resolves once stdout takes more. All that wait share one `drain`. */
  async ready(): Promise<void> {
    this.flush();
    // Asked at the moment of waiting: a remembered `false` of write() would wait for a drain that is long past.
    if (this.#gone || !this.#out.writableNeedDrain) return;
    this.#drained ??= new Promise((resolve) => {
      const done = (): void => {
        this.#out.off('drain', done).off('close', done).off('error', done);
        this.#drained = undefined;
        resolve();
      };
      this.#out.on('drain', done).on('close', done).on('error', done);
    });
    await this.#drained;
  }

  #redacted(message: Message): Message {
    const redact = this.#redact;
    if (message.type === 'LOG') {
      const log = { ...message.log, message: redact(message.log.message) };
      if (log.stack_trace !== undefined) log.stack_trace = redact(log.stack_trace);
      return { ...message, log };
    }
    if (message.type === 'CONNECTION_STATUS' && message.connectionStatus.message !== undefined) {
      const text = redact(message.connectionStatus.message);
      return { ...message, connectionStatus: { ...message.connectionStatus, message: text } };
    }
    if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      const error = { ...message.trace.error, message: redact(message.trace.error.message) };
      if (error.internal_message !== undefined) error.internal_message = redact(error.internal_message);
      if (error.stack_trace !== undefined) error.stack_trace = redact(error.stack_trace);
      return { ...message, trace: { ...message.trace, error } };
    }
    return message;
  }
}
