import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ClientOptions, RetryEvent } from '../../src/http/client-options.ts';
import { ApiClient } from '../../src/http/client.ts';
import { Permits } from '../../src/http/traffic/permits.ts';
import { errorText } from '../../src/platforms/compose/error-text.ts';
import { tokenAuth } from '../../src/platforms/compose/auth.ts';
import { compose } from '../../src/platforms/compose/compose.ts';
import { skippedTime } from './virtual-time.ts';

export const BASE_URL = 'https://api.example.test/2016-07';

export interface TestClient {
  client: ApiClient;
  /** The simulated waits, in milliseconds. */
  slept: number[];
  retries: RetryEvent[];
  /** The end of each rate limit, as passed to `onRateLimit`, in milliseconds from the start. */
  limits: number[];
}

/** Options for a client of the API at BASE_URL. The client's waits take no real time. */
export function clientOptions(timing = skippedTime()): ClientOptions {
  return {
    address: BASE_URL,
    auth: tokenAuth('the-token', () => timing.now()),
    accept: 'application/json',
    rejections: { textOf: errorText },
    terms: compose.terms,
    userAgent: 'source-compose/1.2.3',
    permits: 4,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    env: {},
    timing,
    maxBodyBytes: 2 ** 28,
    onRetry: () => undefined,
    onRateLimit: () => undefined,
  };
}

export function createClient(options: Partial<ClientOptions> = {}): TestClient {
  const timing = skippedTime();
  const retries: RetryEvent[] = [];
  const limits: number[] = [];
  const all: ClientOptions = {
    ...clientOptions(timing),
    onRetry: (event) => retries.push(event),
    onRateLimit: (until) => limits.push(until),
    ...options,
  };
  const client = new ApiClient(all, new Permits(all.permits));
  onTestFinished(() => client.close());
  return { client, slept: timing.slept, retries, limits };
}

export interface LocalServer {
  server: Server;
  /** The server's origin, such as `http://127.0.0.1:<port>`. */
  origin: string;
  port: number;
  requests: IncomingMessage[];
  connections: () => number;
}

/** Starts a real server on `host`, and closes it at the end of the test. */
export async function startServer(listener: RequestListener, host = '127.0.0.1'): Promise<LocalServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, origin: `http://127.0.0.1:${port}`, port, requests, connections: () => connections };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

export function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}
