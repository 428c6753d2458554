import { ConnectorError, transientFirst } from '../../../core/failure/errors.ts';
import type { Api } from '../../platform.ts';
import { failureOf } from '../api/failure.ts';
import { parseProfile } from '../api/trusted-profile.ts';
import type { IbmCloudConfig } from '../config.ts';
import { Account } from './account.ts';

/** The results of the accounts that could be loaded. */
interface Loaded<T> {
  results: T[];
  /** The error of an account that could not be loaded. If several accounts failed, the other errors are logged. */
  failure: ConnectorError | undefined;
}

/** The accounts that a sync reads: those of `trusted_profiles` or, without profiles, the API key's own account. Shared by all streams. */
export class Accounts {
  readonly all: readonly [Account, ...Account[]];
  /** The accounts that failed temporarily in a check, with their errors. The check sends no more requests for these accounts. */
  readonly failed = new Map<Account, ConnectorError>();
  readonly #log: Api['log'];
  /** Each error message is logged only once, because an account's streams often fail for the same reason. */
  readonly #logged = new Set<string>();

  constructor(config: IbmCloudConfig, api: Api) {
    const profiles = config.trusted_profiles.flatMap((crn) => parseProfile(crn) ?? []);
    const [first = new Account(config, api), ...others] = profiles.map((profile) => new Account(config, api, profile));
    this.all = [first, ...others];
    for (const account of this.all) account.peers = this.all;
    this.#log = api.log.bind(api);
  }

  /** The account with this id, or the first account if none has this id. */
  at(id: string | undefined): Account {
    return this.all.find((account) => account.id === id) ?? this.all[0];
  }

  /** Calls `load` in parallel for the chosen accounts (default: all). Throws a ConnectorError if every call fails. */
  async load<T>(load: (account: Account) => Promise<T>, chosen = this.all): Promise<Loaded<T>> {
    const [first] = chosen;
    if (first.id === undefined) return { results: [await load(first)], failure: undefined };
    const results: T[] = [];
    const failures: ConnectorError[] = [];
    const outcomes = await Promise.all(
      chosen.map(async (account) => this.failed.get(account) ?? load(account).catch(failureOf)),
    );
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome instanceof ConnectorError) failures.push(withAccount(outcome, chosen[i]?.id));
      else results.push(outcome);
    }
    const [failure, ...others] = failures.toSorted(transientFirst);
    for (const error of others) this.#logOnce(error);
    if (failure !== undefined && results.length === 0) throw failure;
    return { results, failure };
  }

  #logOnce({ message }: ConnectorError): void {
    if (!this.#logged.has(message)) this.#log('error', message);
    this.#logged.add(message);
  }
}

function withAccount(error: ConnectorError, account = ''): ConnectorError {
  if (error.message.startsWith(`Account ${account} `)) return error;
  const { problem, internalMessage, status, answer, said } = error;
  const message = `Account ${account} could not be read: ${error.message}`;
  return new ConnectorError(problem, { message }, { internalMessage, status, answer, said, account, cause: error });
}
