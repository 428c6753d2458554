import type { Level } from '../../../core/output/output.ts';
import { unexpectedBody } from '../../../core/failure/errors.ts';
import type { Api } from '../../platform.ts';
import { guidOf, parseCrn } from '../api/crn.ts';
import { objectOf } from '../api/envelope.ts';
import { accountIn } from '../api/token.ts';
import type { TrustedProfile } from '../api/trusted-profile.ts';
import { textOf } from '../api/values.ts';
import type { IbmCloudConfig } from '../config.ts';

const KEY_DETAILS = 'v1/apikeys/details';

/** An account to read, shared by all streams. */
export class Account {
  /** The account's id. Undefined for the API key's own account, whose id is in the access token. */
  readonly id: string | undefined;
  /** The id of the trusted profile (`Profile-…`), or undefined for the API key's own account. */
  readonly profile: string | undefined;
  readonly api: Api;
  readonly config: IbmCloudConfig;
  /** All accounts that the sync reads, including this one. */
  peers: readonly Account[] = [this];
  readonly #guids: ReadonlySet<string>;
  readonly #results = new Map<unknown, Promise<unknown>>();
  readonly #logged = new Set<string>();

  constructor(config: IbmCloudConfig, api: Api, profile?: TrustedProfile) {
    this.id = profile?.account;
    this.profile = profile?.id;
    this.api = profile === undefined ? api : apiOf(profile.account, api);
    const isOwn = (crn: string): boolean => this.id === undefined || parseCrn(crn)?.account === this.id;
    this.config = { ...config, logs_instances: config.logs_instances.filter(isOwn) };
    this.#guids = new Set(config.deployment_ids.map(guidOf));
  }

  /** The ids that limit what is read, as saved in a state: each as `option:id`, sorted. Empty if everything is read. */
  get limits(): string[] {
    return [
      ...[...this.#guids].map((id) => `deployment_ids:${id}`),
      ...this.config.resource_group_ids.map((id) => `resource_group_ids:${id}`),
    ].toSorted();
  }

  /** Whether a deployment is selected. `id` is a CRN or a GUID. */
  hasDeployment(id: string): boolean {
    return this.#guids.size === 0 || this.#guids.has(guidOf(id));
  }

  /** The account's id, read from the access token or the key's details if necessary (icd-api.md 1.3). Throws a ConnectorError. */
  requireId(): Promise<string> {
    return this.once(idOf);
  }

  /** Calls `load` for the first stream that needs its result. Later calls return the same result, or fail with the same error. */
  once<T>(load: (account: Account) => Promise<T>): Promise<T> {
    let result = this.#results.get(load) as Promise<T> | undefined;
    if (result === undefined) this.#results.set(load, (result = load(this)));
    return result;
  }

  logOnce(level: Level, sentence: string): void {
    if (!this.#logged.has(sentence)) this.api.log(level, sentence);
    this.#logged.add(sentence);
  }
}

async function idOf({ id, api, config: { endpoints, api_key } }: Account): Promise<string> {
  const known = id ?? accountIn(await api.authorization('accounts'));
  if (known !== undefined) return known;
  const headers = { 'iam-apikey': api_key };
  const request = { origin: endpoints.iam, path: KEY_DETAILS, headers, role: 'the Viewer role on IAM Identity' };
  const account = textOf(objectOf(await api.get(request, 'accounts'), KEY_DETAILS)['account_id']);
  if (account === undefined) throw unexpectedBody(KEY_DETAILS, 'it has no account_id');
  return account;
}

/** The API with the account's credentials. Log lines name the account. */
function apiOf(account: string, api: Api): Api {
  return {
    get: (request, owner) => api.get({ ...request, account }, owner),
    authorization: (owner) => api.authorization(owner, account),
    ...(api.isCheck === true && { isCheck: true }),
    log: (level, sentence) => api.log(level, `account ${account}: ${sentence}`),
  };
}
