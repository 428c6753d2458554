import { ApiClient } from './client.ts';
import type { ClientOptions } from './client-options.ts';
import { Permits } from './traffic/permits.ts';

/**
 * A client for the platform's own credentials, and a client for each account. An account's rate limits, outages and rejected tokens can't
 * affect other accounts. All clients share one set of permits.
 */
export class AccountClients {
  readonly #own: ApiClient;
  readonly #ofAccounts = new Map<string | undefined, ApiClient>();

  constructor(options: ClientOptions) {
    const { accounts = [], terms, signal } = options;
    const permits = new Permits(options.permits);
    this.#own = new ApiClient(options, permits);
    for (const { id, auth, facts } of accounts) {
      const rejected = new AbortController();
      const settings: ClientOptions = {
        ...options,
        account: id,
        auth,
        terms: { ...terms, facts: { ...terms.facts, ...facts } },
        signal: AbortSignal.any([signal, rejected.signal]),
        /** If the account's tokens are rejected, requests for other accounts continue. */
        onCredentialsRejected(error) {
          if (error.is('fatalToSync')) options.onCredentialsRejected?.(error);
          else rejected.abort(error);
        },
      };
      this.#ofAccounts.set(id, new ApiClient(settings, permits));
    }
  }

  of(account: string | undefined): ApiClient {
    return this.#ofAccounts.get(account) ?? this.#own;
  }

  async close(): Promise<void> {
    await Promise.all([this.#own, ...this.#ofAccounts.values()].map((client) => client.close()));
  }
}
