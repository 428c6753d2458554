import type { Config } from './platforms/compose/config.ts';
import type { Context } from './core/context.ts';
import { ApiClient, type ClientOptions } from './http/client.ts';
import { proxyFor } from './http/proxy.ts';
import type { Log } from './airbyte/log.ts';
import { VERSION } from './core/version.ts';

type Events = Pick<ClientOptions, 'signal' | 'onRateLimit' | 'onTokenRefused' | 'deadline'> & {
  onLongWait?: (owner: string) => void;
};

/** A checkpoint goes out before a longer wait. */
const LONG_WAIT_MS = 1_000;

/** The API client that the config asks for; each of its retries becomes a line of the log. */
export function openClient(config: Config, { env, addSecret }: Context, log: Log, events: Events): ApiClient {
  const { onLongWait, ...rest } = events;
  // A proxy may repeat its credentials in an error.
  for (const secret of proxyFor(new URL(config.base_url).origin, env)?.secrets ?? []) addSecret(secret);
  return new ApiClient({
    ...rest,
    env,
    baseUrl: config.base_url,
    token: config.api_token,
    probePath: 'accounts',
    userAgent: `source-compose/${VERSION}`,
    connections: config.num_workers,
    timeoutMs: config.request_timeout_seconds * 1_000,
    onAnswer: (path, status, ms) => log.debug(`GET ${path}: HTTP ${status} in ${ms} ms`),
    onRetry({ owner, path, attempt, reason, waitMs }) {
      const wait = (waitMs / 1_000).toFixed(1);
      log.warn(`GET ${path}: attempt ${attempt} failed: ${reason}; retrying in ${wait} s`);
      if (waitMs > LONG_WAIT_MS) onLongWait?.(owner);
    },
  });
}
