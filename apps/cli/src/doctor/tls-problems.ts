/**
 * What a refused certificate means, and what to do: by the code that OpenSSL or Node gives it
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 *
 * @returns null where the code is not about TLS.
 */
export const tlsProblemOf = (code: string): { readonly finding: string; readonly advice: string } | null => {
  if (code === 'CERT_HAS_EXPIRED')
    return {
      finding: 'The certificate of the server has expired.',
      advice: 'Ask whoever runs Lethe to renew it, and look whether the clock of this machine is right.',
    }
  if (code === 'CERT_NOT_YET_VALID')
    return {
      finding: 'The certificate of the server is not valid yet.',
      advice: 'Look whether the clock of this machine is right.',
    }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH')
    return {
      finding: 'The certificate is for another name.',
      advice: 'Use the address with the name that the certificate is for.',
    }
  if (code === 'CERT_REVOKED')
    return {
      finding: 'The certificate of the server was revoked.',
      advice: 'Send nothing there, and tell whoever runs Lethe.',
    }
  if (unknownIssuer.has(code))
    return {
      finding: 'The certificate is self-signed, or of an authority that this machine does not know.',
      advice: 'Name a file with the certificate of that authority in NODE_EXTRA_CA_CERTS.',
    }
  if (/^(?:CERT_|CRL_|INVALID_|PATH_LENGTH_|UNABLE_TO_)/.test(code))
    return {
      finding: `The certificate of the server cannot be accepted (${code}).`,
      advice: 'Ask whoever runs Lethe to have a look at it.',
    }
  return /^(?:ERR_SSL|ERR_TLS|EPROTO)/.test(code)
    ? {
        finding: `The server does not speak TLS as it should (${code}).`,
        advice: 'Look whether the port is the one for https.',
      }
    : null
}

const unknownIssuer: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
])
