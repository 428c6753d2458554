import { ConnectorError, unexpectedBody } from '../../../core/failure/errors.ts';
import { objectOf } from '../api/envelope.ts';
import { orRejection } from '../api/failure.ts';
import { accountIn } from '../api/token.ts';
import { textOf } from '../api/values.ts';
import type { Account } from './account.ts';

const KEY_DETAILS = 'v1/apikeys/details';

/**
 * The account's id: from the access token, or from IAM if the token omits the id (icd-api.md 1.3). Throws a ConnectorError.
 */
export async function accountId({ api, config, id: known }: Account): Promise<string> {
  if (known !== undefined) return known;
  const claimed = accountIn(await api.authorization('accounts'));
  if (claimed !== undefined) return claimed;
  const { iam } = config.endpoints;
  const headers = { 'iam-apikey': config.api_key };
  const body = await orRejection(api.get({ origin: iam, path: KEY_DETAILS, headers }, 'accounts'));
  if (body instanceof ConnectorError) {
    // If it were rethrown unchanged, this error would suggest that the request that needs the id was rejected.
    const { answer = '', internalMessage = '' } = body;
    const message = `IAM at ${new URL(iam).host} doesn't report which account the API key belongs to (${answer}), and its access tokens don't contain the account either. If platform.endpoints is set, check it. If the problem persists, report it.`;
    throw new ConnectorError('unexpected_status', { message }, { internalMessage, cause: body });
  }
  const id = textOf(objectOf(body, KEY_DETAILS)['account_id']);
  if (id === undefined) throw unexpectedBody(KEY_DETAILS, 'it has no account_id');
  return id;
}
