import { onTestFinished } from 'vitest';
import { ApiClient, type ClientOptions, type RetryEvent } from '../http/client.ts';
import { skippedTime } from './virtual-time.ts';

export const BASE_URL = 'https://api.example.test/2016-07';

export interface TestClient {
  client: ApiClient;
  /** The waits, in ms, of which none takes time. */
  slept: number[];
  retries: RetryEvent[];
  /** The ends of the rate limit that were announced, in ms from the beginning. */
  limits: number[];
}

/** A client of the API at BASE_URL, whose waits are over at once. */
export function createClient(options: Partial<ClientOptions> = {}): TestClient {
  const timing = skippedTime();
  const retries: RetryEvent[] = [];
  const limits: number[] = [];
  const client = new ApiClient({
    baseUrl: BASE_URL,
    token: 'the-token',
    probePath: 'accounts',
    userAgent: 'source-compose/1.2.3',
    connections: 4,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    env: {},
    timing,
    onRetry: (event) => retries.push(event),
    onRateLimit: (until) => limits.push(until),
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, slept: timing.slept, retries, limits };
}
