import type { Terms } from '../../core/failure/terms.ts';

/** The role that the databases API requires, and the role to name in an error if the request declares no role. */
export const DATABASE_VIEWER = 'the Viewer role on the database services';

/** How messages refer to IBM Cloud and its settings. */
export const terms: Terms = {
  facts: {
    Api: 'IBM Cloud',
    address: 'platform.endpoints',
    token: 'API key',
    renewal: 'Create a new key under Manage → Access (IAM) → Service IDs and set it as platform.api_key.',
    holder: 'the service ID of the API key',
    role: DATABASE_VIEWER,
  },
  messages: {
    host_unknown:
      'The host {host} is unknown ({code}). Check the network and the DNS settings of the machine that runs the sync. If platform.endpoints is set, check it.',
    forbidden:
      'The {token} is not authorized to read {path} at {host} (HTTP 403{said}). Grant {holder} {role}, or deselect the stream.',
    not_found:
      'IBM Cloud could not find {path} at {host} (HTTP {status}{said}). Run the sync again; if the problem persists, deselect the stream and report the problem. If platform.endpoints is set, check it.',
    redirected:
      'The request for {path} was redirected (HTTP {status}) to {target}. The connector does not follow redirects, because it sends tokens only to IBM Cloud. Make sure that no proxy or firewall intercepts the request. If platform.endpoints is set, check it.',
    certificate_untrusted:
      'The TLS certificate of {host} is not trusted ({code}). If a proxy or a private CA issued the certificate, set NODE_EXTRA_CA_CERTS to the path of the CA certificate. If platform.endpoints is set, check it.',
    unexpected_status:
      'IBM Cloud rejected the request for {path} at {host} with HTTP {status}{said}. If the problem persists, report it.',
  },
};
