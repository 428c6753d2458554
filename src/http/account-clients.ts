import { ApiClient } from './client.ts';
import type { AccountConnection, ClientOptions } from './client-options.ts';
import { Permits } from './traffic/permits.ts';

/**
 * A client for the platform's own credentials, and a client for each account. An account's rate limits, outages and rejected tokens can't
 * affect other accounts. All clients share one set of permits.
 */
export class AccountClients {
  readonly #own: ApiClient;
  readonly #ofAccounts: ReadonlyMap<string | undefined, ApiClient>;

  constructor(options: ClientOptions) {
    const permits = new Permits(options.permits);
    this.#own = new ApiClient(options, permits);
    const { accounts = [] } = options;
    this.#ofAccounts = new Map(accounts.map((account) => [account.id, accountClient(account, options, permits)]));
  }

  of(account: string | undefined): ApiClient {
    return this.#ofAccounts.get(account) ?? this.#own;
  }

  async close(): Promise<void> {
    await Promise.all([this.#own, ...this.#ofAccounts.values()].map((client) => client.close()));
  }
}

/** If the account's tokens are rejected, requests for other accounts continue. */
function accountClient({ id, auth, facts }: AccountConnection, options: ClientOptions, permits: Permits): ApiClient {
  const rejected = new AbortController();
  const { terms, signal } = options;
  return new ApiClient(
    {
      ...options,
      account: id,
      auth,
      terms: { ...terms, facts: { ...terms.facts, ...facts } },
      signal: AbortSignal.any([signal, rejected.signal]),
      onCredentialsRejected(error) {
        if (error.is('fatalToSync')) options.onCredentialsRejected?.(error);
        else rejected.abort(error);
      },
    },
    permits,
  );
}
