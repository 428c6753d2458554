/** `config_error`: the user can fix it. `transient_error`: it may go away by itself. `system_error`: the connector or API must be fixed. */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

// A message tells the user what happened, then what to do. Names of facts are in braces.
// Airbyte doesn't retry a job whose first error is a config_error, so an outage must never be a config_error.

const configErrors = problemsOf('config_error', {
  input_unusable: '{detail}',
  deployments_unknown:
    'This {token} cannot view any of the deployments in deployment_ids ({ids}). Correct the option deployment_ids, or remove it to read all deployments.',
  partitions_rejected:
    "The API rejected this stream's requests for {which} ({answer}), and fail_on_refused_deployments is on. Grant the missing role to {holder}, remove deleted resources from the config, or turn off fail_on_refused_deployments.",
  credentials_rejected: '{Api} at {host} rejected the {token} ({answer}). {renewal}',
  profile_rejected:
    'Account {account} could not be read: IAM at {host} did not issue a token for the trusted profile {profile} ({answer}). Check the profile in platform.trusted_profiles. To make the profile trust the service ID of the API key, run these commands: {command}.',
  token_rejected:
    'The service at {host} rejected the access token issued for the {token} (HTTP 401). Grant {holder} {role}. If the problem persists, report it.',
  unauthorized:
    'The API rejected the request for {path} with HTTP 401{said}, although it accepts the {token} for other requests. If the resource still exists, grant the missing role to {holder}, or deselect the stream.',
  forbidden:
    'The {token} is not authorized to read {path} (HTTP 403). Grant {role} to {holder}, use another {token}, or deselect the stream.',
  certificate_untrusted:
    'The TLS certificate of {host} is not trusted ({code}). Check {address}; if a private CA issued the certificate, set NODE_EXTRA_CA_CERTS to the path of the CA certificate.',
  tls_not_spoken:
    'The address of {host} in {address} starts with https://, but the server responds without TLS ({code}). Correct the port. If the server supports only plain HTTP, change https:// to http://.',
  proxy_login:
    'The proxy {proxy} requires credentials, or rejected the configured credentials (HTTP 407). Set {variable} to an address such as http://user:password@proxy.example:3128.',
  proxy_rejected:
    'The proxy {proxy}, set in {variable}, does not allow connections to {host} ({code}). Allow these connections in the proxy, or add the host to NO_PROXY if the host can be reached directly.',
  api_not_found: 'There is no API at {location} (HTTP 404). Set {address} to the full address, including the version.',
  windows_cut_off:
    'The API truncates the {things} of {partition} even in a time window of the minimum length, starting at {from} ({detail}). If the service no longer keeps this data, set start_date to a later time; otherwise, report the problem.',
});

const systemErrors = problemsOf('system_error', {
  not_offered: 'The API does not offer {path} (HTTP {status}{said}). Deselect the stream.',
  not_found:
    'The API could not find {path} (HTTP 404). Deselect the stream, or check that {address} is the full address, including the version.',
  redirected:
    'The API redirected the request for {path} (HTTP {status}) to {target}. The connector does not follow redirects, because it sends the {token} only to the configured server. Set {address} to the final address.',
  unexpected_status:
    'The API rejected the request for {path} with HTTP {status}{said}. Check {address}; if it is correct, report the problem.',
  unexpected_body:
    'The API returned an invalid response for {path}: {detail}. Check that the config specifies the right server; if it does, report the problem.',
  body_too_large:
    'The response for {path} exceeds the limit of {megabytes} MB. Check that {address} points to the right server; if it does, deselect the stream and report the problem.',
  nested_too_deeply: 'The API sent data nested too deeply to serialize. Deselect the stream, and report the problem.',
  list_not_paged:
    'The API does not paginate {path} as documented: {detail}, so the rest of the list cannot be read. Run the sync again; if the problem persists, report it to the maintainers of the API.',
  unexpected: "The connector hit an unexpected error, probably a bug. Please report it, and include this sync's log.",
});

const transientErrors = problemsOf('transient_error', {
  server_error: 'The request for {path} failed {attempts} (HTTP {status}). Run the sync again later.',
  query_too_long:
    'The API did not complete the request for {path} in time (HTTP {status}{said}), even in a time window of the minimum length. Run the sync again later; if the problem persists, report it.',
  rate_limited:
    'The API rejected the request for {path} because the rate limit was exceeded (HTTP 429). Run the sync later or less often, or lower num_workers.',
  host_unknown:
    'The host {host} is unknown ({code}). Check {address} and the DNS settings of the machine that runs the sync.',
  connection_refused:
    'Nothing responds at {host} ({code}). Check {address}, and make sure that the server is up and reachable from the machine that runs the sync.',
  connection_lost:
    'The request for {path} failed {attempts}: the connection to {host} failed ({code}). Run the sync again later; if the problem persists, check the network.',
  tls_failed:
    'The TLS handshake with {host} failed {attempts} ({code}). Run the sync again later; if the problem persists, check {address}, and make sure that the server supports TLS 1.2 or later.',
  proxy_unreachable:
    'The proxy {proxy}, set in {variable}, cannot be reached ({code}). Correct {variable}, or make sure that the proxy is up.',
  proxy_failed:
    'The proxy {proxy}, set in {variable}, failed to connect to {host} {attempts} ({code}). Run the sync again later; if the problem persists, check that the proxy can reach the host.',
  host_unresponsive:
    '{host} has not responded for {seconds} s, so the rest of this sync sends no requests to it. Run the sync again later; if the problem persists, check {address} and the network.',
  timed_out:
    'The request for {path} timed out {attempts}: the API did not send a complete response within {seconds} s. Run the sync again later, or raise request_timeout_seconds.',
  damaged_answer:
    'The API returned an incomplete or invalid body for {path} {attempts}: {detail}. Run the sync again later; if the problem persists, check {address} and any proxies.',
  check_timed_out:
    'The API at {host} did not respond within {seconds} s. Try again later; if the problem persists, check {address} and the network.',
});

/** The troubleshooting tables in the docs are generated from this table. */
export const problems = { ...configErrors, ...systemErrors, ...transientErrors };

export type ProblemId = keyof typeof problems;

export type Trait = 'rejection' | 'absence' | 'unreachable' | 'fatalToOrigin' | 'fatalToSync';

/** The problems that have each trait. A problem may have several traits, or none. */
export const traits: Readonly<Record<Trait, readonly ProblemId[]>> = {
  /** The API permanently rejects the request, but may accept other requests. */
  rejection: ['unauthorized', 'forbidden', 'not_offered', 'not_found'],
  /** The API reports that the requested resource doesn't exist. */
  absence: ['not_offered', 'not_found'],
  /** No connection could be established, which a check reports as a failure rather than an outage. */
  unreachable: ['host_unknown', 'connection_refused', 'tls_failed', 'proxy_unreachable'],
  /** The problem ends the account's requests to the origin for the rest of the sync. */
  fatalToOrigin: ['profile_rejected', 'token_rejected', 'rate_limited', 'host_unresponsive'],
  /** No later request in the sync can succeed. */
  fatalToSync: ['credentials_rejected'],
};

function problemsOf<const M extends Record<string, string>>(failureType: FailureType, messages: M) {
  const rows = Object.entries(messages).map(([id, message]) => [id, { failureType, message }]);
  return Object.fromEntries(rows) as { [Id in keyof M]: { failureType: FailureType; message: M[Id] } };
}

/** The names that a message contains in braces. */
type NamesIn<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

export type FactsOf<Id extends ProblemId> = Record<NamesIn<(typeof problems)[Id]['message']>, string>;
