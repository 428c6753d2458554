/** What Node.js calls a certificate that it does not trust. */
const UNTRUSTED =
  /^(?:ERR_TLS_CERT_|CERT_|CRL_|ERROR_IN_C|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);

/**
 * Why a connection failed.
 * - `plain_text`: a TLS handshake got a response in plain text
 * - `tls`: a TLS handshake failed for another reason than the certificate, such as an alert of the server
 * - `closed`: by this program, at its end
 */
export type Fault = 'untrusted' | 'plain_text' | 'tls' | 'unknown_host' | 'refused' | 'closed' | 'lost';

/** `connected`: the request was sent, so neither name, address nor TLS handshake failed. */
export function faultOf({ code, detail, connected }: { code: string; detail: string; connected: boolean }): Fault {
  if (UNTRUSTED.test(code)) return 'untrusted';
  if (code === 'UND_ERR_DESTROYED') return 'closed';
  if (!connected) {
    if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || (code === 'EPROTO' && /wrong version/.test(detail)))
      return 'plain_text';
    if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls';
  }
  if (UNKNOWN_HOST.has(code)) return 'unknown_host';
  return code === 'ECONNREFUSED' ? 'refused' : 'lost';
}
