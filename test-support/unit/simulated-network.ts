import type { Dispatcher } from 'undici';
import type { Route, RouteOptions } from '../../src/http/connection/route.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A simulated server's reaction to an attempt: a response, a failed connection, or no response until the timeout. */
export type Reaction =
  | { status: number; afterMs: number; headers?: Record<string, string>; body?: unknown }
  | { code: string; afterMs?: number }
  | 'hang';

export interface SimulatedRequest {
  origin: string;
  path: string;
  /** When the attempt was sent, in virtual milliseconds. */
  at: number;
}

/** Simulates servers in virtual time, without real connections. */
export class SimulatedNetwork {
  readonly requests: SimulatedRequest[] = [];
  /** The maximum number of requests in flight, by origin. `all` contains the maximum across all origins. */
  readonly most = new Map<string, number>();
  readonly #inFlight = new Map<string, number>();
  readonly #time: VirtualTime;
  readonly #timeoutMs: number;
  readonly #react: (request: SimulatedRequest) => Reaction;

  constructor(time: VirtualTime, timeoutMs: number, react: (request: SimulatedRequest) => Reaction) {
    this.#time = time;
    this.#timeoutMs = timeoutMs;
    this.#react = react;
  }

  openRoute = ({ origin }: RouteOptions): Route => {
    const dispatch = ({ path }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean => {
      void this.#exchange({ origin, path, at: this.#time.now() }, handler);
      return true;
    };
    const dispatcher = { dispatch } as unknown as Dispatcher;
    return { dispatcher, prefix: '', headers: {}, proxy: undefined, close: async () => undefined };
  };

  async #exchange(request: SimulatedRequest, handler: Dispatcher.DispatchHandler): Promise<void> {
    const abort = new AbortController();
    const controller = { abort: (reason: Error) => abort.abort(reason) } as unknown as Dispatcher.DispatchController;
    this.requests.push(request);
    this.#count(request.origin, 1);
    try {
      const reaction = this.#react(request);
      if (reaction === 'hang') {
        handler.onRequestStart?.(controller, undefined);
        await this.#time.sleep(this.#timeoutMs, abort.signal);
        throw Object.assign(new Error('simulated'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
      }
      if ('code' in reaction) {
        await this.#time.sleep(reaction.afterMs ?? 0, abort.signal);
        throw Object.assign(new Error('simulated'), { code: reaction.code });
      }
      handler.onRequestStart?.(controller, undefined);
      await this.#time.sleep(reaction.afterMs, abort.signal);
      handler.onResponseStart?.(controller, reaction.status, reaction.headers ?? {}, '');
      handler.onResponseData?.(controller, Buffer.from(JSON.stringify(reaction.body ?? {})));
      handler.onResponseEnd?.(controller, {});
    } catch (error) {
      handler.onResponseError?.(controller, error as Error);
    } finally {
      this.#count(request.origin, -1);
    }
  }

  #count(origin: string, change: number): void {
    for (const key of [origin, 'all']) {
      const now = (this.#inFlight.get(key) ?? 0) + change;
      this.#inFlight.set(key, now);
      this.most.set(key, Math.max(now, this.most.get(key) ?? 0));
    }
  }
}
