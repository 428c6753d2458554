import type { ProblemId } from '../src/core/failure/problems.ts';

/** The causes of problems, for the troubleshooting tables. A platform may override individual causes. */
export const CAUSES: Readonly<Record<ProblemId, string>> = {
  input_unusable:
    'The config, catalog or state file is missing, unreadable or not JSON, or contains an invalid value, such as an unknown stream.',
  deployments_unknown:
    'The IDs are misspelled, the deployments no longer exist, or the token belongs to another account.',
  partitions_rejected:
    'The token lacks a role on at least one deployment, or the API doesn’t have the stream’s data for this deployment.',
  credentials_rejected: 'The token is misspelled or revoked, or belongs to a server other than the one at base_url.',
  profile_rejected: 'The trusted profile does not trust the service ID of the API key, or was deleted.',
  token_rejected: 'IAM accepts the key, but the service does not, probably because a role is missing.',
  unauthorized: 'The API also responds with HTTP 401 for resources that no longer exist or that the token can’t view.',
  forbidden: 'The user who created the token lacks the required account role or deployment role.',
  certificate_untrusted: 'The certificate comes from a private CA, has expired, or is for a different host name.',
  tls_not_spoken: 'The port is for plain HTTP, or does not belong to a web server.',
  proxy_login: 'The username and password in the proxy’s address are missing or wrong.',
  proxy_rejected: 'The proxy’s rules block the host or the port of base_url.',
  api_not_found: 'base_url specifies the wrong server or path, or lacks the version.',
  windows_cut_off:
    'The service truncates results regardless of the length of the time window, or no longer keeps data from that time.',
  not_offered: 'The data isn’t available for this database type, or the platform no longer provides it.',
  not_found: 'The server at base_url does not offer this path, or base_url lacks the version.',
  redirected: 'The API has moved, or base_url uses HTTP although the server requires HTTPS.',
  unexpected_status: 'The server returned an HTTP status that the API does not normally return.',
  unexpected_body: 'The HTTP status indicates success, but the body has an unknown format or reports an error.',
  body_too_large: 'The server sent unexpected data, or a body that never ends.',
  nested_too_deeply: 'A field, declared or undeclared, is nested thousands of levels deep.',
  list_not_paged: 'The server at base_url ignores the cursor, or no longer recognizes it.',
  unexpected: 'The connector probably mishandled a value in the config, the state or an API response.',
  server_error: 'The API is down or overloaded.',
  query_too_long: 'The service is overloaded, or has more data to search than its own time limit allows.',
  rate_limited: 'This sync, or others with the same token, made more requests than the API allows.',
  host_unknown: 'base_url is misspelled, or name resolution fails where the connector runs.',
  connection_refused: 'The server is down, the port is wrong, or a firewall blocks the connection.',
  connection_lost: 'The network, a proxy or the server closed the connection.',
  tls_failed: 'The server or its load balancer is down, or has no TLS version or cipher in common with the connector.',
  proxy_unreachable: 'The proxy is down, or its address is misspelled.',
  proxy_failed: 'The proxy is overloaded, or cannot reach the host of base_url.',
  host_unresponsive: 'The server is down or overloaded, the network is down, or name resolution fails.',
  timed_out: 'The API is slow or overloaded, or a list request takes longer than request_timeout_seconds.',
  damaged_answer: 'The response was truncated in transit, or a proxy sent a web page instead of JSON.',
  check_timed_out: 'The API is down or very slow.',
};
