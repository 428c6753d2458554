import type { Dispatcher } from 'undici';
import type { AbortListeners } from './abort-listeners.ts';
import { type Answer, type Failure, TIMED_OUT, TOO_LARGE, connectionFailure } from './failure.ts';

const DECODER = new TextDecoder();

/**
 * Sends one request and reads the whole response. The timeout covers everything from connecting to the last byte, so a server that sends
 * its body very slowly can't block a worker. Rejects only with the signal's reason. Calls `dispatch`, because undici's `request` creates a
 * stream for every body, which took 7% of a read's time.
 */
export async function attempt(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, maxBodyBytes }: { timeoutMs: number; maxBodyBytes: number },
  aborts: AbortListeners,
): Promise<Answer | Failure> {
  const { signal } = aborts;
  signal.throwIfAborted();
  const { promise: ended, resolve: end } = Promise.withResolvers<Answer | Failure>();
  const pieces: Buffer[] = [];
  let bytes = 0;
  let head: Pick<Answer, 'status' | 'headers'> = { status: 0, headers: {} };
  let controller: Dispatcher.DispatchController | undefined;
  let isStopped = false;
  /** Ends the attempt at once. If no connection is established yet, the request is never sent. */
  const stop = (failure: Failure): void => {
    isStopped = true;
    pieces.length = 0;
    end(failure);
    controller?.abort(new Error(failure.reason));
  };
  const onAbort = (): void => stop({ problem: 'connection_lost', reason: 'stopped' });
  const timer = setTimeout(stop, timeoutMs, TIMED_OUT);
  aborts.add(onAbort);
  try {
    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        if (isStopped) started.abort(new Error('stopped'));
      },
      onResponseStart(_, status, headers) {
        head = { status, headers };
        if (Number(headers['content-length']) > maxBodyBytes) stop(TOO_LARGE);
      },
      onResponseData(_, piece) {
        bytes += piece.length;
        if (bytes > maxBodyBytes) stop(TOO_LARGE);
        else pieces.push(piece);
      },
      onResponseEnd() {
        const [first] = pieces;
        // A body in one piece doesn't have to be copied.
        const body = first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces);
        end({ ...head, text: DECODER.decode(body) });
      },
      // A connection that fails in the middle of the body is also a failure.
      onResponseError: (_, error) => end(connectionFailure(error, controller !== undefined)),
    });
    const result = await ended;
    if ('problem' in result) signal.throwIfAborted();
    return result;
  } finally {
    clearTimeout(timer);
    aborts.remove(onAbort);
  }
}
