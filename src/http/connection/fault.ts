/** What Node.js calls a certificate that it does not trust. */
const UNTRUSTED =
  /^(?:ERR_TLS_CERT_|CERT_|CRL_|ERROR_IN_C|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);

/** Why a connection failed, as a problem. `connected`: the request was sent, so neither name, address nor TLS handshake failed. */
export function faultOf({ code, detail, connected }: { code: string; detail: string; connected: boolean }) {
  if (UNTRUSTED.test(code)) return 'certificate_refused';
  if (!connected) {
    const isPlainText = code === 'ERR_SSL_WRONG_VERSION_NUMBER' || (code === 'EPROTO' && /wrong version/.test(detail));
    if (isPlainText) return 'tls_not_spoken';
    if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls_failed';
  }
  if (UNKNOWN_HOST.has(code)) return 'host_unknown';
  return code === 'ECONNREFUSED' ? 'connection_refused' : 'connection_lost';
}
