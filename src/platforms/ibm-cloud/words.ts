import { ConnectorError, asConnectorError } from '../../core/errors.ts';
import type { Words } from '../../core/problems.ts';

/** What texts call IBM Cloud and its settings. */
export const words: Words = {
  facts: {
    Api: 'IBM Cloud',
    address: 'platform.endpoints',
    token: 'API key',
    renewal: 'Create a new one under Manage → Access (IAM) → Service IDs and enter it as platform.api_key.',
    holder: 'the service ID of the API key',
  },
  messages: {
    token_refused:
      'IBM Cloud at {host} refuses the tokens that it makes of the {token} (HTTP 401). Check that the service ID is not locked, or create a new API key for it and enter it as platform.api_key.',
    forbidden:
      'IBM Cloud refuses {path} at {host} to the {token} (HTTP 403{said}). Grant {holder} the role Viewer on the service, or leave the stream out.',
    not_found:
      'IBM Cloud has no {path} at {host} (HTTP {status}{said}). The deployment may be gone; if it is not, leave the stream out and report this to the maintainers of the connector.',
    not_offered:
      'IBM Cloud does not offer {path} for this type of database (HTTP {status}{said}). Leave the stream out.',
    certificate_refused:
      'The TLS certificate of {host} is not trusted ({code}). If a proxy or a CA of your own issued it, set NODE_EXTRA_CA_CERTS to the file with its CA certificate; if platform.endpoints is set, check it.',
    host_unknown:
      'The host {host} is unknown ({code}). Check the DNS settings of the machine that runs the sync, and platform.endpoints if it is set.',
    connection_refused:
      'Nothing answers at {host} ({code}). Make sure that it can be reached from here, and check platform.endpoints if it is set.',
    unexpected_status:
      'IBM Cloud refused {path} at {host} with HTTP {status}{said}. If it stays so, report this to the maintainers of the connector.',
  },
  noteOn: () => undefined,
};

/**
 * The outcome of a request for what takes a role of its own: a 403 becomes an error that names the role, such as `the role
 * Viewer on the resource group`.
 */
export async function taking<T>(role: string, path: string, outcome: Promise<T>): Promise<T> {
  try {
    return await outcome;
  } catch (thrown) {
    const { problem, status, answer = '', internalMessage = '' } = asConnectorError(thrown);
    if (problem !== 'forbidden' || status === undefined) throw thrown;
    throw new ConnectorError(
      'role_missing',
      { ...words.facts, path, answer, role },
      { status, answer, internalMessage },
    );
  }
}
