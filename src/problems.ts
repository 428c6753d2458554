/** Who can do something about a failure: the user's settings, time, or whoever maintains connector and API. */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

export interface Problem {
  failureType: FailureType;
  /** For the user: what happened and what to do next. `{name}` is filled in when it happens. */
  message: string;
  /** Why it happens, for the troubleshooting table of the docs page. */
  cause: string;
}

/**
 * Everything that can go wrong, in the words that a user reads. The docs page's troubleshooting table is made from it.
 * Airbyte does not retry a job whose first error is a config_error, so an outage must never be one.
 */
export const problems = {
  input_unusable: {
    failureType: 'config_error',
    message: '{detail}',
    cause: 'The config, catalog or state file is missing, unreadable, not JSON, or a value in it does not fit.',
  },
  stream_not_usable: {
    failureType: 'config_error',
    message: '{detail}',
    cause: 'The configured catalog names a stream or sync mode that this connector does not have, or a stream twice.',
  },
  deployments_unknown: {
    failureType: 'config_error',
    message:
      'None of the deployment_ids exists for this API token: {ids}. Correct deployment_ids, or leave it empty to read all deployments.',
    cause: 'The ids are mistyped, the deployments are gone, or the token belongs to another account.',
  },
  token_refused: {
    failureType: 'config_error',
    message:
      'The Compose API at {host} does not accept the API token (HTTP 401). Make a new one under Account → API Tokens and put it into api_token.',
    cause: 'The token was mistyped, revoked, or belongs to another server than base_url.',
  },
  forbidden: {
    failureType: 'config_error',
    message:
      'The API token has no right to read {path} (HTTP 403). Give the role that is missing to the user who made the token, use a token of another user, or leave the stream out.',
    cause:
      'A token has the rights of the user who made it; account roles and deployment roles decide what it may read.',
  },
  certificate_refused: {
    failureType: 'config_error',
    message:
      'The TLS certificate of {host} is not trusted ({code}). Check base_url; for a certificate of your own, name its CA file in NODE_EXTRA_CA_CERTS.',
    cause: 'A private CA, an expired certificate, one for another host name, or a server that speaks no TLS.',
  },
  not_found: {
    failureType: 'system_error',
    message:
      'This API does not have {path} (HTTP 404). Leave the stream out, or check that base_url is the whole address, version included.',
    cause: 'The server at base_url does not offer the report, or base_url lacks its version part.',
  },
  redirected: {
    failureType: 'system_error',
    message:
      'The API answered {path} with a redirect (HTTP {status}) to {target}, which is not followed, because the token belongs to base_url alone. Set base_url to the final address.',
    cause: 'The API moved, or base_url says http where the server wants https.',
  },
  unexpected_status: {
    failureType: 'system_error',
    message:
      'The API refused {path} with HTTP {status}{said}. Check base_url; if it is right, report this to the maintainers of the API or the connector.',
    cause: 'An answer that the Compose API is not known to give.',
  },
  unexpected_body: {
    failureType: 'system_error',
    message:
      'The API answered {path} with something that is not a Compose report: {detail}. Check that base_url names a server that speaks the Compose API.',
    cause: 'The body of a successful answer is not what the Compose API sends, or holds an error text.',
  },
  cursor_ignored: {
    failureType: 'system_error',
    message:
      'The API sends the same page of {path} again and again: it ignores the cursor, so the rest of the stream cannot be read. Report this to the maintainers of the API.',
    cause: 'The server at base_url does not page as the Compose API does.',
  },
  list_cut_off: {
    failureType: 'system_error',
    message:
      'The API ends the list {path} before its last row and forgets where a read has come to, so the rest of the stream cannot be read. Report this to the maintainers of the API.',
    cause: 'The server at base_url does not page as the Compose API does.',
  },
  server_error: {
    failureType: 'transient_error',
    message: 'The API failed on {path} (HTTP {status}) {attempts}. Run the sync again later.',
    cause: 'An outage or overload of the API.',
  },
  rate_limited: {
    failureType: 'transient_error',
    message:
      "The API's rate limit is used up: it refuses {path} (HTTP 429). Run the sync again later, less often, or with fewer num_workers.",
    cause: 'More requests than the API allows, from this sync or from others with the same token.',
  },
  host_unknown: {
    failureType: 'transient_error',
    message: 'The host {host} is unknown ({code}). Check base_url and the DNS of the machine that runs the sync.',
    cause: 'base_url is mistyped, or name resolution is broken where the connector runs.',
  },
  connection_refused: {
    failureType: 'transient_error',
    message:
      'Nothing answers at {host} ({code}). Check base_url, and whether the server is up and can be reached from here.',
    cause: 'The server is down, the port is wrong, or a firewall is in between.',
  },
  connection_lost: {
    failureType: 'transient_error',
    message:
      'The connection to {host} failed on {path} {attempts} ({code}). Run the sync again later; if it goes on, check network and proxy.',
    cause: 'A network fault, a proxy, or a server that closes connections.',
  },
  timed_out: {
    failureType: 'transient_error',
    message:
      'The API did not answer {path} within {seconds} s, {attempts}. Run the sync again later, or raise request_timeout_seconds.',
    cause: 'A slow or overloaded API, or a list that takes longer than request_timeout_seconds.',
  },
  damaged_answer: {
    failureType: 'transient_error',
    message:
      'The API answered {path} with a damaged body {attempts}: {detail}. Run the sync again later; if it goes on, check proxies and base_url.',
    cause: 'An answer cut off on its way, or the web page of a proxy in place of JSON.',
  },
  check_timed_out: {
    failureType: 'transient_error',
    message:
      'The API at {host} did not answer within {seconds} s. Try again later; if it goes on, check base_url and the network.',
    cause: 'An API that is down or very slow.',
  },
  unexpected: {
    failureType: 'system_error',
    message: 'The connector met a problem that it was not written for. Please report it with the log of this run.',
    cause: 'A bug in the connector.',
  },
} satisfies Record<string, Problem>;

export type ProblemId = keyof typeof problems;
