/** Who can do something about a failure: the user's settings, time, or whoever maintains connector and API. */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

export interface Problem {
  failureType: FailureType;
  /** For the user: what happened and what to do next. `{name}` is filled in when it happens. */
  message: string;
  /** Why it happens, for the troubleshooting table of the docs page. */
  cause: string;
  /** The API rejects this one request for good, but may accept others. */
  isRejection?: true;
  /** The API says that there is no such thing. */
  isAbsence?: true;
  /** Nothing responds at the address: for whoever has just entered it, a definite answer and no outage. */
  isUnreachable?: true;
  /** No further request of the sync can succeed. */
  endsSync?: true;
}

/**
 * Everything that can go wrong, in the words that a user reads. The docs page's troubleshooting table is made from it.
 * Airbyte does not retry a job whose first error is a config_error, so an outage must never be one.
 */
export const problems = {
  input_unusable: {
    failureType: 'config_error',
    message: '{detail}',
    cause:
      'The config, catalog or state file is missing or unreadable, is not JSON, or holds a value that does not fit.',
  },
  stream_not_usable: {
    failureType: 'config_error',
    message: '{detail}',
    cause:
      'The configured catalog names a stream or sync mode that this connector does not have, or lists a stream twice.',
  },
  deployments_unknown: {
    failureType: 'config_error',
    message:
      'None of the deployment_ids exist for this {token}: {ids}. Correct deployment_ids, or leave it empty to read all deployments.',
    cause: 'The ids are mistyped, the deployments are gone, or the token belongs to another account.',
  },
  partitions_rejected: {
    failureType: 'config_error',
    message:
      'The API rejects this stream for {which} ({answer}), and fail_on_refused_deployments is on. Grant the missing role to {holder}, leave out what is gone, or turn the option off.',
    cause: 'The token may not view a deployment, or it is gone or has no such data, and the config asks to fail then.',
  },
  token_refused: {
    failureType: 'config_error',
    endsSync: true,
    message: '{Api} at {host} does not accept the {token} (HTTP 401). {renewal}',
    cause: 'The token was mistyped or revoked, or belongs to a server other than base_url.',
  },
  key_refused: {
    failureType: 'config_error',
    endsSync: true,
    message: '{Api} at {host} does not accept the {token} ({answer}). {renewal}',
    cause: 'The key was mistyped, deleted or locked, or has expired.',
  },
  token_rejected: {
    failureType: 'config_error',
    message:
      '{host} rejected the access token that had just been issued for this {token} (HTTP 401). Grant {holder} the role that the docs name for the stream. If the problem persists, report it.',
    cause: 'The service does not accept the credentials, although they are valid elsewhere.',
  },
  unauthorized: {
    failureType: 'config_error',
    isRejection: true,
    message:
      'The API refused {path} with HTTP 401{said}, although it accepts the {token} elsewhere. What was asked for may be gone; otherwise, grant the missing role to {holder}, or leave the stream out.',
    cause: 'The API also answers HTTP 401 for single things that are gone or that the token may not see.',
  },
  forbidden: {
    failureType: 'config_error',
    isRejection: true,
    message:
      'The {token} has no right to read {path} (HTTP 403). Grant the missing role to {holder}, use another {token}, or leave the stream out.',
    cause:
      'A token has the rights of the user who created it; account roles and deployment roles decide what it may read.',
  },
  role_missing: {
    failureType: 'config_error',
    isRejection: true,
    message: '{Api} refuses {path} to the {token} ({answer}). Grant {holder} {role}, or leave the stream out.',
    cause: 'Some reports take roles of their own, which the docs name for each stream.',
  },
  certificate_refused: {
    failureType: 'config_error',
    message:
      'The TLS certificate of {host} is not trusted ({code}). Check {address}; if the certificate was issued by a CA of your own, set NODE_EXTRA_CA_CERTS to the file with its CA certificate.',
    cause: 'The certificate comes from a private CA, has expired, or is for another host name.',
  },
  tls_not_spoken: {
    failureType: 'config_error',
    message:
      '{address} begins with https://, but {host} answers without TLS ({code}). Correct the port; if the server really speaks plain http, begin {address} with http://.',
    cause: 'The port is for plain http, or for something other than a web server.',
  },
  proxy_login: {
    failureType: 'config_error',
    message:
      'The proxy {proxy} requires a user name and password, or does not accept those it was given (HTTP 407). Set {variable} to an address such as http://user:password@proxy.example:3128.',
    cause: 'The address of the proxy lacks its user name and password, or they are wrong.',
  },
  proxy_refused: {
    failureType: 'config_error',
    message:
      'The proxy {proxy}, set in {variable}, refuses to connect to {host} ({code}). Allow the connection in the proxy, or add the host to NO_PROXY if it can be reached directly.',
    cause: 'The rules of the proxy do not allow the host or the port of base_url.',
  },
  api_not_found: {
    failureType: 'config_error',
    message:
      'There is no such API at {location} (HTTP 404). Correct {address}: it must be the whole address, version included.',
    cause: 'base_url names another server or path, or lacks its version.',
  },
  windows_cut_off: {
    failureType: 'config_error',
    message:
      'The API leaves {things} of {partition} out however short the time that is asked for ({detail}), last from {from} on. If they are older than what the service keeps, set start_date to a later time; otherwise report this to the maintainers of the connector.',
    cause: 'The service limits answers by something other than their time, or no longer keeps what was asked for.',
  },
  not_offered: {
    failureType: 'system_error',
    isRejection: true,
    isAbsence: true,
    message: 'The API does not offer {path} (HTTP {status}{said}). Leave the stream out.',
    cause: 'The type of database has no such report, or the platform has retired it.',
  },
  not_found: {
    failureType: 'system_error',
    isRejection: true,
    isAbsence: true,
    message:
      'This API does not have {path} (HTTP 404). Leave the stream out, or check that {address} is the whole address, version included.',
    cause: 'The server at base_url does not offer the report, or base_url lacks its version.',
  },
  redirected: {
    failureType: 'system_error',
    message:
      'The API redirected {path} (HTTP {status}) to {target}. Redirects are not followed, because the {token} is meant for that server alone. Set {address} to the final address.',
    cause: 'The API has moved, or base_url says http where the server wants https.',
  },
  unexpected_status: {
    failureType: 'system_error',
    message:
      'The API refused {path} with HTTP {status}{said}. Check {address}; if it is right, report this to the maintainers of the API or of the connector.',
    cause: 'The server gave an answer that the API is not known to give.',
  },
  unexpected_body: {
    failureType: 'system_error',
    message:
      'The API answered {path} with something that is not one of its reports: {detail}. Check that the config names the right server; if it does, report this to the maintainers of the connector.',
    cause: 'The body of a successful answer is not what the API sends, or it reports an error.',
  },
  body_too_large: {
    failureType: 'system_error',
    message:
      'The answer to {path} is larger than the limit of {megabytes} MB, so it was not read. Check that {address} names the right server; if the report really is that large, leave the stream out and report this to the maintainers of the connector.',
    cause: 'The server sends something other than a report, or a body that never ends.',
  },
  nested_too_deeply: {
    failureType: 'system_error',
    message:
      'The API sent data nested too deeply to serialize. Leave the stream out, and report this to the maintainers of the API.',
    cause: 'A field, also one that no record has, is nested thousands of levels deep.',
  },
  cursor_ignored: {
    failureType: 'system_error',
    message:
      'The API ignores the cursor for {path}: it returned rows that it had already returned, so the rest of the list cannot be read. Report this to the maintainers of the API.',
    cause: 'The server at base_url does not page as the API is documented to.',
  },
  list_cut_off: {
    failureType: 'system_error',
    message:
      'The API returned an incomplete {path} list and no longer recognizes the cursor, so the list cannot be paged reliably. Run the sync again; if the problem persists, report it to the maintainers of the API.',
    cause: 'The server at base_url does not page as the API is documented to.',
  },
  server_error: {
    failureType: 'transient_error',
    message: 'The API failed on {path} (HTTP {status}) {attempts}. Run the sync again later.',
    cause: 'The API is down or overloaded.',
  },
  query_too_long: {
    failureType: 'transient_error',
    message:
      'The API did not complete {path} in time (HTTP {status}{said}), however short the time window. Run the sync again later; if the problem persists, report it.',
    cause: 'The service is overloaded, or searches more data than it can within its own time limit.',
  },
  rate_limited: {
    failureType: 'transient_error',
    message:
      "The API's rate limit is used up: it refuses {path} (HTTP 429). Run the sync later or less often, or lower num_workers.",
    cause: 'This sync, or others with the same token, made more requests than the API allows.',
  },
  host_unknown: {
    failureType: 'transient_error',
    isUnreachable: true,
    message:
      'The host {host} is unknown ({code}). Check {address}, and the DNS settings of the machine that runs the sync.',
    cause: 'base_url is mistyped, or name resolution is broken where the connector runs.',
  },
  connection_refused: {
    failureType: 'transient_error',
    isUnreachable: true,
    message:
      'Nothing answers at {host} ({code}). Check {address}, and make sure that the server is up and can be reached from here.',
    cause: 'The server is down, the port is wrong, or a firewall is in between.',
  },
  connection_lost: {
    failureType: 'transient_error',
    message:
      'The connection to {host} failed on {path} {attempts} ({code}). Run the sync again later; if it keeps failing, check the network.',
    cause: 'The network, a proxy or the server closed the connection.',
  },
  tls_failed: {
    failureType: 'transient_error',
    isUnreachable: true,
    message:
      'The TLS handshake with {host} failed {attempts} ({code}). Run the sync again later; if it keeps failing, check {address}, and that the server speaks TLS 1.2 or later.',
    cause: 'The server or a load balancer in front of it is down, or shares no version or cipher with the connector.',
  },
  proxy_unreachable: {
    failureType: 'transient_error',
    isUnreachable: true,
    message:
      'The proxy {proxy}, set in {variable}, cannot be reached ({code}). Correct {variable}, or make sure that the proxy is up.',
    cause: 'The proxy is down, or its address is mistyped.',
  },
  proxy_failed: {
    failureType: 'transient_error',
    message:
      'The proxy {proxy}, set in {variable}, did not connect to {host} {attempts} ({code}). Run the sync again later; if it keeps failing, check the proxy, and that it can reach the host.',
    cause: 'The proxy is overloaded, or cannot reach the host of base_url.',
  },
  host_unresponsive: {
    failureType: 'transient_error',
    message:
      '{host} has not responded for {seconds} s, so no more requests are sent to it in this sync. Run the sync again later; if it keeps failing, check {address} and the network.',
    cause: 'The server, the network or name resolution is down, or the server is overloaded.',
  },
  timed_out: {
    failureType: 'transient_error',
    message:
      'The API did not answer {path} within {seconds} s, {attempts}. Run the sync again later, or raise request_timeout_seconds.',
    cause: 'The API is slow or overloaded, or a list takes longer than request_timeout_seconds.',
  },
  damaged_answer: {
    failureType: 'transient_error',
    message:
      'The API answered {path} with a damaged body {attempts}: {detail}. Run the sync again later; if it keeps failing, check {address} and any proxies.',
    cause: 'An answer was cut off on its way, or a proxy sent a web page in place of JSON.',
  },
  list_missing: {
    failureType: 'transient_error',
    message:
      'The API answered {path} without its list in the middle of its pages. Run the sync again later; if it keeps failing, report this to the maintainers of the API.',
    cause: 'An answer was damaged on its way, or the server pages in an unusual way.',
  },
  check_timed_out: {
    failureType: 'transient_error',
    message:
      'The API at {host} did not answer within {seconds} s. Try again later; if it keeps failing, check {address} and the network.',
    cause: 'The API is down or very slow.',
  },
  unexpected: {
    failureType: 'system_error',
    message:
      'The connector hit an unexpected error, probably a bug. Please report it together with the log of this run.',
    cause: 'The connector has a bug.',
  },
} as const satisfies Record<string, Problem>;

export type ProblemId = keyof typeof problems;

/** The names in braces in a message. */
type NamesIn<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** What the message of a problem needs. */
export type FactsOf<Id extends ProblemId> = Record<NamesIn<(typeof problems)[Id]['message']>, string>;
