import { ConnectorError } from '../../core/failure/errors.ts';
import type { Terms } from '../../core/failure/terms.ts';
import { isRow } from '../../core/record/row.ts';
import { errorText } from './error-text.ts';
import type { Api, Platform } from '../platform.ts';
import { tokenAuth } from './auth.ts';
import { type ComposeConfig, DEFAULT_BASE_URL, composeConfig } from './config.ts';
import { deploymentList, unknownSentence } from './deployment-list.ts';
import { embeddedList } from './envelope.ts';
import type { ComposeShared } from './stream.ts';
import { streams } from './streams/index.ts';

const terms: Terms = {
  facts: {
    Api: 'The Compose API',
    address: 'base_url',
    token: 'API token',
    renewal: 'Create a new token under Account → API Tokens and set it as api_token.',
    holder: 'the user who created the token',
    role: 'the missing role',
  },
  messages: {
    api_not_found:
      'There is no Compose API at {location} (HTTP 404). Set {address} to the full address, including the version, such as https://compose.example.com/2016-07.',
  },
  hostHint(host) {
    if (host !== new URL(DEFAULT_BASE_URL).host) return undefined;
    return 'Compose shut down its API on March 1, 2023. Set base_url to another server that implements the Compose API.';
  },
};

/** The Compose API, version 2016-07 (docs/reference/compose-api.md). */
export const compose: Platform<ComposeConfig, ComposeShared> = {
  config: composeConfig,
  streams,
  terms,
  secret: 'api_token',
  connection: ({ base_url: address, api_token: token }) => ({
    address,
    auth: tokenAuth(token),
    accept: 'application/hal+json, application/json',
    rejections: { textOf: errorText },
  }),
  open: (config, api) => ({ config, deployments: deploymentList(config.deployment_ids, api) }),
  async check({ base_url: address, deployment_ids: selected }, api) {
    embeddedList(await accountsAt(address, api), 'accounts', 'accounts');
    if (selected.length === 0) return [];
    const { rows } = embeddedList(await api.get({ path: 'deployments' }, 'check'), 'deployments', 'deployments');
    const ids = new Set(rows.map((row) => isRow(row) && row['id']));
    const unknown = selected.filter((id) => !ids.has(id));
    return unknown.length === 0 ? [] : [unknownSentence(unknown)];
  },
};

/** Requests the accounts for a check. A 404 means that the address is wrong, not that the accounts are missing. */
async function accountsAt(address: string, api: Api): Promise<unknown> {
  try {
    return await api.get({ path: 'accounts' }, 'check');
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError) || thrown.problem !== 'not_found') throw thrown;
    const { internalMessage = '' } = thrown;
    const note = terms.hostHint?.(new URL(address).host);
    const details = { internalMessage, note, status: 404, cause: thrown, template: terms.messages?.api_not_found };
    throw new ConnectorError('api_not_found', { ...terms.facts, location: address }, details);
  }
}
